import type { Finding, Invariant } from '../invariant.js';
import type { TrackedCall } from '../tracked-call.js';
import type { World } from '../world.js';

/** Enough time for a round trip on a network without faults. */
const ROUND_TRIP_MS = 10;

/**
 * L2. Where nothing goes wrong, nothing may seem to go wrong. In a quiet world, a call that was
 * sent early enough is answered, and no datagram is lost, repeated or unreadable.
 */
export const quietWorlds: Invariant = {
  id: 'L2',
  says: 'in a world without faults every call of a plain procedure that is sent in time succeeds',

  afterOutcome: (world, tracked) =>
    world.plan.mode === 'allQuiet' && !world.healed ? notAnswered(world, tracked) : undefined,
};

function notAnswered(world: World, tracked: TrackedCall): Finding {
  const { token, procedure, outcome, call, target } = tracked;
  const { sentAtMs, calledAtMs, timeoutMs } = call.getSnapshot().context;
  const isPlain = procedure === 'echo' || procedure === 'add';
  const isThere = world.peers.some(({ name }) => name === target.name);
  if (!isPlain || !isThere || sentAtMs === undefined || outcome?.state === 'resolved') {
    return undefined;
  }
  // Procedures that hang can take all places.
  if (outcome?.state === 'rejected' && outcome.error.code === 'overloaded') return undefined;
  if (calledAtMs + timeoutMs - sentAtMs < ROUND_TRIP_MS) return undefined;
  return `${token} to ${target.name} was ${outcome?.state ?? 'never settled'} though nothing went wrong`;
}
