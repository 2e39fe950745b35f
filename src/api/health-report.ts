/** Health reports: the events that tell of a peer's health. */
import { isNameOf } from '../vocabulary.js';
import type { PeerHealth } from './health.js';

/**
 * The healths that are reported, and as what. The others are where a peer begins and ends:
 * `resolving`, `unknown`, `forgotten`.
 */
export const HEALTH_REPORTS = {
  responsive: 'peer.responsive',
  suspect: 'peer.suspect',
  silent: 'peer.silent',
} as const satisfies { readonly [Health in PeerHealth]?: `peer.${Health}` };

/** Every type of report of a peer's health. */
export const HEALTH_REPORT_TYPES = Object.values(HEALTH_REPORTS);

interface HealthChange {
  /** The peer's address. */
  readonly peer: string;
  /** The health that it had before. */
  readonly previous: PeerHealth;
}

/** The peer turned suspect or silent: calls to it timed out, and nothing was heard of it since. */
interface HealthLoss extends HealthChange {
  /** How long nothing was heard from it, in milliseconds; undefined if nothing ever was. */
  readonly unheardForMs: number | undefined;
}

/**
 * Emitted by a peer, and by its endpoint, when the peer's health has changed: `peer.responsive` when
 * something is heard from it, for the first time or again; `peer.suspect` when a call to it timed
 * out; `peer.silent` when three in a row did. It is emitted once, a microtask after the change, when
 * all that belongs to the change has been done. The reports are evidence and no proof: a peer is
 * found silent by calls to it alone, so one that nobody calls keeps the health that it had. A request
 * of it is heard as well, and the source of a request can be forged.
 */
export type HealthReport =
  | (HealthChange & { readonly type: 'peer.responsive' })
  | (HealthLoss & { readonly type: 'peer.suspect' })
  | (HealthLoss & { readonly type: 'peer.silent' });

/** The type by which a health is reported; undefined if it is not. */
export function healthReportType(health: PeerHealth): HealthReport['type'] | undefined {
  return isNameOf(HEALTH_REPORTS, health) ? HEALTH_REPORTS[health] : undefined;
}

/** @param unheardForMs is left out where the peer was just heard */
export function healthReport(
  type: HealthReport['type'],
  { peer, previous }: HealthChange,
  unheardForMs: number | undefined,
): HealthReport {
  return type === 'peer.responsive'
    ? { type, peer, previous }
    : { type, peer, previous, unheardForMs };
}
