/** Health reports: tells those who listen of a peer's new health. */
import type { Hearers } from '../actor/listeners.js';
import type { PeerHealth } from '../api/health.js';
import { healthReport, healthReportType } from '../api/health-report.js';
import type { HealthReport } from '../api/health-report.js';
import type { Clock } from '../time/clock.js';

/** The members of a peer that are reported with its health. */
interface Reported {
  readonly address: string;
  readonly health: PeerHealth;
  readonly heardAtMs: number | undefined;
}

/**
 * Tells of the health that a peer has now, if it is one that is reported. Who listens now hears of
 * it a microtask later: a listener may cancel calls, or close the endpoint, and the peer, and the
 * answer or time-out that changed its health, have to be done by then.
 */
export function reportHealth(
  peer: Reported,
  previous: PeerHealth,
  clock: Clock,
  ...hearers: readonly Hearers<HealthReport>[]
): void {
  const type = healthReportType(peer.health);
  if (type === undefined) return;
  const told = hearers.filter((one) => one.hears(type));
  if (told.length === 0) return;
  const { address, heardAtMs } = peer;
  const unheardForMs = heardAtMs === undefined ? undefined : clock.nowMs() - heardAtMs;
  const report = healthReport(type, { peer: address, previous }, unheardForMs);
  void Promise.resolve().then(() => {
    for (const one of told) one.emit(report);
  });
}
