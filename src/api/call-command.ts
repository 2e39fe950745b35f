/** The command that makes a peer call, for those who speak events. */
import type { CallOptions } from './call-options.js';
import type { CallReport } from './call-report.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName } from './procedures.js';

/** Whoever is sent a call's reports: an actor, as a rule. */
export interface ReportTarget {
  send(report: CallReport): void;
}

/**
 * `peer.send({ type: 'call', procedure: 'sayhi', args: ['Snake'] })`.
 *
 * The command never throws: arguments that cannot be sent give a `call.unsent` report. Reports go to
 * the peer's listeners, and to `replyTo` if given; `reference` comes back in each of them.
 */
export type CallCommand<Api = AnyProcedures> = {
  [P in ProcedureName<Api>]: CallOptions & {
    readonly type: 'call';
    readonly procedure: P;
    readonly args?: ArgumentsOf<Api[P]>;
    /** An actor that every report of this call is sent to. */
    readonly replyTo?: ReportTarget;
  };
}[ProcedureName<Api>];
