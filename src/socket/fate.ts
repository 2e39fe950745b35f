/** Fates: where each inbound datagram ended. Every one has exactly one, and they add up. */
import { DROP } from '../wire/drop.js';
import type { DropReason } from '../wire/drop.js';

/**
 * - `response.matched`, `response.late`: settled its call, or found it timed out already.
 * - `response.orphan`: no call has this id (any more); `response.wrongPeer`: one has, at another address.
 * - `request.run`: its procedure was started; `request.duplicate`: it had been, and has no reply to
 *   repeat; `request.replayed`: it had been, and the same reply was sent again.
 * - `request.refused.*`: its procedure was not run, and why.
 * - `malformed.*`: it could not be read, and why.
 * - `badSource`: it came from port 0, where no answer can go.
 */
export type Fate =
  | 'response.matched'
  | 'response.late'
  | 'response.orphan'
  | 'response.wrongPeer'
  | 'request.run'
  | 'request.duplicate'
  | 'request.replayed'
  | 'request.refused.unknownProcedure'
  | 'request.refused.overloaded'
  | 'request.refused.closing'
  | 'badSource'
  | `malformed.${DropReason}`;

const FATES: readonly Fate[] = [
  'response.matched',
  'response.late',
  'response.orphan',
  'response.wrongPeer',
  'request.run',
  'request.duplicate',
  'request.replayed',
  'request.refused.unknownProcedure',
  'request.refused.overloaded',
  'request.refused.closing',
  'badSource',
  ...(Object.keys(DROP) as DropReason[]).map((reason) => `malformed.${reason}` as const),
];

/** How many datagrams met each fate. */
export type FateCounts = Readonly<Record<Fate, number>>;

/** Every fate, at zero. */
export function noFates(): Record<Fate, number> {
  return Object.fromEntries(FATES.map((fate) => [fate, 0])) as Record<Fate, number>;
}
