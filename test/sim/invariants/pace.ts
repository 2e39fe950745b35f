import { formatAddress } from '../../../src/address/address.js';
import { RoundTrip } from '../../../src/call/round-trip.js';
import { idOf, TYPE } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { Transmissions } from '../life.js';
import type { TrackedCall } from '../tracked-call.js';
import type { World } from '../world.js';

/** The least time-out after enough round trips to know the path. */
const LEAST_KNOWN_RTO_MS = 200;
const SAMPLES_TO_KNOW = 8;
/** The least time-out for a path of which little is known, after enough others are known. */
const LEAST_SHARED_RTO_MS = 300;
const PATHS_TO_KNOW = 8;
/** Gaps double until they are this share of the call's time-out, or until they are this long. */
const SHARE_OF_TIMEOUT = 1 / 4;
const LONGEST_GAP_MS = 8_000;
/** For how long a peer that runs each request only once surely remembers it. */
const REMEMBERED_MS = 20_000;
const ROUNDING_MS = 1e-6;

/**
 * I9. A caller does not overload a path, and asks nobody to run a request twice. It makes no
 * transmission before the least time-out. Each gap is twice the one before, until a quarter of the
 * call's time-out. Only to peers that answered as rpcudp endpoints is a request repeated, and only
 * while they surely remember it, by the time of day: unless its user said how often, or that it may
 * run twice. And a caller uses a round-trip time only if it is certain which transmission was
 * answered (Karn's rule).
 */
export const pace: Invariant = {
  id: 'I9',
  says: 'requests are repeated no sooner than allowed, at doubling intervals, and only to who remembers them; none of those is timed',

  afterFrame: (_world, node, frame) => {
    if (frame[0] !== TYPE.request || node.plan.faults.has('shortIds') || !node.alive) {
      return undefined;
    }
    const id = idOf(frame);
    const sent = node.life.transmissions.get(id);
    if (sent === undefined) return undefined;
    const tracked = [...node.life.openCalls].find(({ call }) => call.transactionId === id);
    const finding =
      tooSoon(node, id, sent, tracked) ??
      (tracked && (tooMany(node, id, sent, tracked) ?? tooLate(node, id, sent, tracked)));
    return finding && `${node.name} sent ${id.slice(0, 6)} ${finding}`;
  },
};

/** The least time before a datagram to this address may count as lost. */
export function leastRtoMs({ life, limits }: EndpointNode, address: string): number {
  if ((life.samples.get(address) ?? 0) >= SAMPLES_TO_KNOW) return LEAST_KNOWN_RTO_MS;
  const { initialRtoMs } = limits;
  const knowsOthers = life.firstSamples >= PATHS_TO_KNOW;
  return knowsOthers ? Math.min(LEAST_SHARED_RTO_MS, initialRtoMs) : initialRtoMs;
}

function tooSoon(
  node: EndpointNode,
  id: string,
  { atMs, to }: Transmissions,
  tracked: TrackedCall | undefined,
): Finding {
  const { life, plan } = node;
  const [before, previous, latest] = [atMs.at(-3), atMs.at(-2), atMs.at(-1)];
  if (previous === undefined || latest === undefined) return undefined;
  const gapMs = latest - previous;
  // If a transmission was late because the process was, the gap to the next one is shorter.
  const lateMs = life.clock.latestMs(previous) - previous + life.clock.maxLatenessMs;
  if (life.disturbed.has(id)) return undefined;
  if (life.clock.stalledBetween(before ?? previous, latest)) return undefined;
  const address = formatAddress(to);
  const rtoMs = leastRtoMs(node, address);
  if (gapMs < rtoMs - lateMs - ROUNDING_MS) return `again after ${gapMs} ms`;
  // Refused transmissions are not seen here, so an interval may look longer than it is. So does one
  // in which the request was put off, because its receiver was not known as an rpcudp endpoint.
  if (before === undefined || plan.faults.has('sendRefused')) return undefined;
  const mayRunTwice = tracked?.attempts !== undefined || tracked?.idempotent === true;
  const isRepeatedAnyway = mayRunTwice && !tracked.headed;
  // A peer that is forgotten to make room is unknown again, whatever it had answered.
  const mayBeForgotten = plan.oddOptions.includes('tinyPeerTable');
  const wasUnknown = mayBeForgotten || (life.nativeSinceMs.get(address) ?? Infinity) > before;
  if (!isRepeatedAnyway && wasUnknown) return undefined;
  const quarterMs = (tracked?.timeoutMs ?? 0) * SHARE_OF_TIMEOUT;
  const longestMs = Math.min(Math.max(rtoMs, quarterMs), LONGEST_GAP_MS);
  const leastMs = Math.min(1.9 * (previous - before), longestMs) - 2 * lateMs;
  if (gapMs >= leastMs - ROUNDING_MS) return undefined;
  return `again after ${gapMs} ms, having waited ${previous - before} ms before`;
}

function tooMany(
  { life }: EndpointNode,
  id: string,
  { atMs, to }: Transmissions,
  { attempts, idempotent }: TrackedCall,
): Finding {
  // A challenge is answered at once, in addition to all repetitions.
  const answers = life.disturbed.has(id) ? 1 : 0;
  // Any other peer might run the procedure again.
  const isSafe = idempotent || life.natives.has(formatAddress(to));
  const most = attempts ?? (isSafe ? Infinity : 1);
  return atMs.length > most + answers ? `${atMs.length} times, and ${most} are allowed` : undefined;
}

function tooLate(
  { life }: EndpointNode,
  id: string,
  { sinceWallMs }: Transmissions,
  { attempts, idempotent }: TrackedCall,
): Finding {
  if (attempts !== undefined || idempotent) return undefined;
  const rememberedMs = Math.max(sinceWallMs, life.atWorkWallMs.get(id) ?? sinceWallMs);
  const agoMs = life.clock.wallMs() - rememberedMs;
  return agoMs > REMEMBERED_MS + ROUNDING_MS
    ? `after ${agoMs} ms, when its receiver may have forgotten it`
    : undefined;
}

type Sample = (this: RoundTrip, rttMs: number, nowMs: number) => void;

/**
 * Watches which round-trip times are used, while a seed runs. Returns a function that ends this.
 */
export function watchRoundTrips(world: World): () => void {
  const watched: { sample: Sample } = RoundTrip.prototype;
  const { sample } = watched;
  watched.sample = function (rttMs, nowMs) {
    const { receiver } = world;
    if (receiver?.alive === true && !receiver.plan.faults.has('shortIds')) {
      const { receivingId, receivingFrom, name, life } = receiver;
      if (this.smoothedMs(nowMs) === undefined) life.firstSamples += 1;
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
