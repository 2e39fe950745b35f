/**
 * Call reports: sends the reports of a peer's calls to the listeners of the peer, and of the name
 * that the call was made by, and to `replyTo`.
 */
import { Listeners } from '../actor/listeners.js';
import {
  answeredElsewhereReport,
  lateReport,
  lostReport,
  outcomeReport,
} from '../api/call-report.js';
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
    // Most calls have nobody who hears of them. Then not even the name of the report is made.
    if (this.empty && call.request === undefined) return;
    this.#tell(call, `call.${call.context.outcome?.state}`, outcomeReport);
  }

  ended(call: CallActor, state: 'late' | 'lost'): void {
    this.#tell(call, `call.${state}`, state === 'late' ? lateReport : lostReport);
  }

  answeredElsewhere(call: CallActor): void {
    this.#tell(call, 'call.answeredElsewhere', answeredElsewhereReport);
  }

  #tell(call: CallActor, type: string, reportOf: (context: CallContext) => CallReport): void {
    const { name, replyTo } = call.request ?? {};
    const nameHears = name?.reports.hears(type) === true;
    if (!this.hears(type) && !nameHears && replyTo === undefined) return;
    const report = reportOf(call.context);
    this.emit(report);
    if (nameHears) name.reports.emit(report);
    try {
      replyTo?.send(report);
    } catch (error) {
      this.reportError(error);
    }
  }
}
