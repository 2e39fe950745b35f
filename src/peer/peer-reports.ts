/**
 * Peer reports: those who listen to a peer. The reports of its calls also go to the listeners of the
 * name that the call was made by, and to `replyTo`; those of its health to the names that follow it.
 */
import type { Subscription } from 'xstate';
import { Listeners } from '../actor/listeners.js';
import type { Hearers } from '../actor/listeners.js';
import {
  answeredElsewhereReport,
  lateReport,
  lostReport,
  outcomeReport,
  overdueReport,
} from '../api/call-report.js';
import type { CallReport } from '../api/call-report.js';
import type { CallContext } from '../api/call-snapshot.js';
import type { CallActor } from '../call/call.js';
import type { HealthReport } from '../api/health-report.js';
import type { PeerReport } from '../api/peer.js';
import type { Used } from '../handler/peer-requests.js';

export class PeerReports extends Listeners<PeerReport> {
  readonly #peer: Used;
  /** The names that have this peer at present. Bounded by the names with listeners. */
  readonly #followers = new Set<Hearers<HealthReport>>();

  /** @param peer is in use while there are listeners */
  constructor(reportError: (error: unknown) => void, peer: Used) {
    super(reportError);
    this.#peer = peer;
  }

  protected override usedChanged(used: boolean): void {
    if (used) this.#peer.used();
    else this.#peer.unused();
  }

  /** Who hears of the peer's health. */
  get hearersOfHealth(): readonly Hearers<HealthReport>[] {
    return [this, ...this.#followers];
  }

  /** A name has this peer now, and hears of its health. Meanwhile the peer is in use. */
  follow(name: Hearers<HealthReport>): Subscription {
    this.#followers.add(name);
    this.#peer.used();
    return {
      unsubscribe: () => {
        if (this.#followers.delete(name)) this.#peer.unused();
      },
    };
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

  overdue(call: CallActor, waitedMs: number): void {
    this.#tell(call, 'call.overdue', (context) => overdueReport(context, waitedMs));
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
