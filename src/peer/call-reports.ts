/** What a peer's calls report: to those who listen at the peer, and to whom the caller named. */
import { Listeners } from '../actor/listeners.js';
import { lateReport, lostReport, outcomeReport } from '../api/call-report.js';
import type { CallReport } from '../api/call-report.js';
import type { CallContext } from '../api/call-snapshot.js';
import type { CallActor } from '../call/call.js';

export class CallReports extends Listeners<CallReport> {
  readonly #reportError: (error: unknown) => void;

  /** @param reportError takes what whoever is told throws */
  constructor(reportError: (error: unknown) => void) {
    super(reportError);
    this.#reportError = reportError;
  }

  /** The call has its outcome. */
  settled(call: CallActor): void {
    this.#tell(call, `call.${call.context.outcome?.state}`, outcomeReport);
  }

  /** The call is over, after a time-out. */
  ended(call: CallActor, state: 'late' | 'lost'): void {
    this.#tell(call, `call.${state}`, state === 'late' ? lateReport : lostReport);
  }

  /** A report is made only if somebody hears it. */
  #tell(call: CallActor, type: string, reportOf: (context: CallContext) => CallReport): void {
    const replyTo = call.request?.replyTo;
    if (!this.hears(type) && replyTo === undefined) return;
    const report = reportOf(call.context);
    this.emit(report);
    try {
      replyTo?.send(report);
    } catch (error) {
      this.#reportError(error);
    }
  }
}
