/** Fates: where each inbound frame ended. Every one has exactly one, and they add up. */
import type { NotRunCode } from '../wire/error-code.js';
import type { DropReason } from '../wire/drop.js';

/**
 * - `response.matched`: settled its call; `response.working`: told its call that the peer is at work.
 * - `response.challenge`: asked its call to show that it is where it says; the request went out again.
 * - `response.late`: its call had timed out or was cancelled; `response.duplicate`: it had been answered.
 * - `response.orphan`: no call that is remembered has this id; `response.wrongPeer`: one has, at another
 *   address.
 * - `request.run`: its procedure was started; `request.duplicate`: it had arrived before, and there is no
 *   reply to repeat; `request.replayed`: it had, and the same reply, or refusal, was sent again.
 * - `request.conflict`: another request with this id came from there before; it was not run.
 * - `request.refused.*`: its procedure was not run, and why.
 * - `cancel.delivered`: the procedure that it takes back was running; `cancel.orphan`: it was not.
 * - `malformed.*`: it could not be read, and why.
 * - `badSource`: it came from port 0, or a request from a multicast, broadcast or unspecified address:
 *   no answer can go there.
 */
export type Fate =
  | 'response.matched'
  | 'response.working'
  | 'response.challenge'
  | 'response.late'
  | 'response.duplicate'
  | 'response.orphan'
  | 'response.wrongPeer'
  | 'request.run'
  | 'request.duplicate'
  | 'request.replayed'
  | 'request.conflict'
  | `request.refused.${NotRunCode}`
  | 'cancel.delivered'
  | 'cancel.orphan'
  | 'badSource'
  | `malformed.${DropReason}`;

const NONE: Readonly<Record<Fate, number>> = {
  'response.matched': 0,
  'response.working': 0,
  'response.challenge': 0,
  'response.late': 0,
  'response.duplicate': 0,
  'response.orphan': 0,
  'response.wrongPeer': 0,
  'request.run': 0,
  'request.duplicate': 0,
  'request.replayed': 0,
  'request.conflict': 0,
  'request.refused.unknownProcedure': 0,
  'request.refused.invalidArguments': 0,
  'request.refused.overloaded': 0,
  'request.refused.deadlinePassed': 0,
  'request.refused.closing': 0,
  'cancel.delivered': 0,
  'cancel.orphan': 0,
  badSource: 0,
  'malformed.tooShort': 0,
  'malformed.tooLong': 0,
  'malformed.unknownType': 0,
  'malformed.truncated': 0,
  'malformed.depth': 0,
  'malformed.reserved': 0,
  'malformed.utf8': 0,
  'malformed.key': 0,
  'malformed.duplicateKey': 0,
  'malformed.timestamp': 0,
  'malformed.shape': 0,
  'malformed.undecodable': 0,
};

/** How many frames met each fate. */
export type FateCounts = Readonly<Record<Fate, number>>;

/** Every fate, at zero. */
export function noFates(): Record<Fate, number> {
  return { ...NONE };
}
