/** Call reports: sends the reports of a peer's calls to the peer's listeners and to `replyTo`. */
import { Listeners } from '../actor/listeners.js';
import { lateReport, lostReport, outcomeReport } from '../api/call-report.js';
import type { CallReport } from '../api/call-report.js';
import type { CallContext } from '../api/call-snapshot.js';
import type { CallActor } from '../call/call.js';

export class CallReports extends Listeners<CallReport> {
  settled(call: CallActor): void {
    this.#tell(call, `call.${call.context.outcome?.state}`, outcomeReport);
  }

  ended(call: CallActor, state: 'late' | 'lost'): void {
    this.#tell(call, `call.${state}`, state === 'late' ? lateReport : lostReport);
  }

  #tell(call: CallActor, type: string, reportOf: (context: CallContext) => CallReport): void {
    const replyTo = call.request?.replyTo;
    if (!this.hears(type) && replyTo === undefined) return;
    const report = reportOf(call.context);
    this.emit(report);
    try {
      replyTo?.send(report);
    } catch (error) {
      this.reportError(error);
    }
  }
}
