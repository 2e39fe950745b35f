/** Call command: the event that makes a peer call a procedure. */
import type { CallOptions } from './call-options.js';
import type { CallReport } from './call-report.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName } from './procedures.js';

/** A receiver of a call's reports, usually an actor. */
export interface ReportTarget {
  send(report: CallReport): void;
}

/**
 * The event that calls a procedure, as in
 * `peer.send({ type: 'call', procedure: 'sayhi', args: ['Snake'] })`.
 *
 * A command never throws for its arguments: if they cannot be sent, the report is `call.unsent`.
 * Reports go to the peer's listeners, and to `replyTo` if it is given. Each report carries the
 * `reference` of its command.
 */
export type CallCommand<Api = AnyProcedures> = {
  [P in ProcedureName<Api>]: CallOptions & {
    readonly type: 'call';
    readonly procedure: P;
    readonly args?: ArgumentsOf<Api[P]> | undefined;
    /** An actor that gets every report of this call. */
    readonly replyTo?: ReportTarget | undefined;
  };
}[ProcedureName<Api>];
