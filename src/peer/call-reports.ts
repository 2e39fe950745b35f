/** Call reports: sends the reports of a peer's calls to the peer's listeners and to `replyTo`. */
import { Listeners } from '../actor/listeners.js';
import { lateReport, lostReport, outcomeReport } from '../api/call-report.js';
import type { CallReport } from '../api/call-report.js';
import type { CallContext } from '../api/call-snapshot.js';
import type { CallActor } from '../call/call.js';
import type { Used } from '../handler/peer-requests.js';

export class CallReports extends Listeners<CallReport> {
  readonly #peer: Used;

  /** @param peer is in use while there are listeners */
  constructor(reportError: (error: unknown) => void, peer: Used) {
    super(reportError);
    this.#peer = peer;
  }

  protected override usedChanged(used: boolean): void {
    if (used) this.#peer.used();
    else this.#peer.unused();
  }

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
