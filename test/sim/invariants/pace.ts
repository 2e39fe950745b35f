import { formatAddress } from '../../../src/address/address.js';
import { RoundTrip } from '../../../src/call/round-trip.js';
import { TYPE, idOf } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { World } from '../world.js';

/**
 * RFC 8085, section 3.1.1: the least time-out before a retransmission while little is known about
 * the path.
 */
const LEAST_RTO_MS = 1_000;
/** The least time-out after enough round trips to know the path. */
const LEAST_KNOWN_RTO_MS = 200;
const SAMPLES_TO_KNOW = 8;
const LONGEST_GAP_MS = 8_000;
/**
 * The most transmissions of a request, when the user sets no number, to a peer that runs each
 * request only once.
 */
const MOST_ATTEMPTS = 3;
const ROUNDING_MS = 1e-6;

/**
 * I9. A caller does not overload a path. It makes no more transmissions than allowed, none before
 * the least time-out, and each wait is twice the one before, up to the cap. And it uses a
 * round-trip time only if it is certain which transmission was answered (Karn's rule).
 */
export const pace: Invariant = {
  id: 'I9',
  says: 'requests are repeated no more often and no sooner than allowed, at doubling intervals; none of those is timed',

  afterFrame: (world, node, frame) => {
    if (frame[0] !== TYPE.request || node.plan.faults.has('shortIds') || !node.alive) {
      return undefined;
    }
    const id = idOf(frame);
    return tooSoon(node, id) ?? tooMany(world, node, id);
  },
};

function tooSoon({ name, life, plan }: EndpointNode, id: string): Finding {
  const { atMs, to } = life.transmissions.get(id) ?? {};
  if (atMs === undefined || to === undefined) return undefined;
  const [before, previous, latest] = [atMs.at(-3), atMs.at(-2), atMs.at(-1)];
  if (previous === undefined || latest === undefined) return undefined;
  const gapMs = latest - previous;
  const short = id.slice(0, 6);
  // If a transmission was late because the process was, the gap to the next one is shorter.
  const lateMs = life.clock.latestMs(previous) - previous + life.clock.maxLatenessMs;
  if (life.disturbed.has(id)) return undefined;
  if (life.clock.stalledBetween(before ?? previous, latest)) return undefined;
  const samples = life.samples.get(formatAddress(to)) ?? 0;
  const leastRtoMs = samples < SAMPLES_TO_KNOW ? LEAST_RTO_MS : LEAST_KNOWN_RTO_MS;
  if (gapMs < leastRtoMs - lateMs - ROUNDING_MS) {
    return `${name} repeated ${short} after ${gapMs} ms`;
  }
  // Refused transmissions are not seen here, so an interval may look longer than it is.
  if (before === undefined || plan.faults.has('sendRefused')) return undefined;
  const leastMs = Math.min(1.9 * (previous - before), LONGEST_GAP_MS) - 2 * lateMs;
  if (gapMs >= leastMs - ROUNDING_MS) return undefined;
  return `${name} repeated ${short} after ${gapMs} ms, having waited ${previous - before} ms before`;
}

function tooMany(world: World, { name, life }: EndpointNode, id: string): Finding {
  const { atMs = [], to } = life.transmissions.get(id) ?? {};
  // A challenge is answered at once, in addition to all repetitions.
  const answers = life.disturbed.has(id) ? 1 : 0;
  for (const { call, attempts, idempotent, target } of life.openCalls) {
    if (call.transactionId !== id) continue;
    const isOld =
      world.oldPeers.some((peer) => peer.name === target.name) &&
      !(to !== undefined && world.impersonated.has(formatAddress(to)));
    // An old peer would run the procedure again.
    const most = attempts ?? (isOld && !idempotent ? 1 : MOST_ATTEMPTS);
    if (atMs.length <= most + answers) continue;
    return `${name} sent ${id.slice(0, 6)} ${atMs.length} times, and ${most} are allowed`;
  }
  return undefined;
}

interface Timed {
  sample: (this: RoundTrip, rttMs: number, nowMs: number) => void;
}

/**
 * Watches which round-trip times are used, while a seed runs. Returns a function that ends this.
 */
export function watchRoundTrips(world: World): () => void {
  const watched: Timed = RoundTrip.prototype;
  const { sample } = watched;
  watched.sample = function (rttMs, nowMs) {
    const { receiver } = world;
    if (receiver?.alive === true && !receiver.plan.faults.has('shortIds')) {
      const { receivingId, receivingFrom, name, life } = receiver;
      life.samples.set(receivingFrom, (life.samples.get(receivingFrom) ?? 0) + 1);
      const times = life.transmissions.get(receivingId)?.atMs.length ?? 0;
      if (times > 1) {
        world.problem(
          'I9',
          `${name} timed ${receivingId.slice(0, 6)}, which it sent ${times} times`,
        );
      }
    }
    sample.call(this, rttMs, nowMs);
  };
  return () => {
    watched.sample = sample;
  };
}
