import { TYPE, valuesOf } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { TrackedCall } from '../tracked-call.js';

/** Timers are computed from differences of numbers with fractions. */
const ROUNDING_MS = 1e-6;

/**
 * I1. Liveness of a single call. Whatever the network, the peer and the process do, the caller is
 * told exactly once, and at its deadline at the latest. It may be later only by as long as the
 * process was stalled. No call gives up early, and none sends its request when its time is over.
 * Time is that of the caller's clock.
 */
export const oneOutcome: Invariant = {
  id: 'I1',
  says: 'each call has exactly one outcome, at or before its deadline, and is counted once',

  afterOutcome: (_world, tracked) => notOnTime(tracked),

  afterEvent: (_world, node) => miscounted(node),

  afterFrame: (world, node, frame) => {
    if (frame[0] !== TYPE.request || !node.alive) return undefined;
    const tracked = world.callOf(tokenIn(frame));
    if (tracked?.node !== node || tracked.incarnation !== node.incarnation) return undefined;
    const lateMs = node.life.clock.nowMs() - tracked.dueMs;
    return lateMs < 0 ? undefined : `${tracked.token} was sent ${lateMs} ms after its deadline`;
  },

  atEnd: (world) => {
    for (const { token, abandoned, outcome, outcomeReports, overdue, sequels } of world.calls) {
      if (abandoned) continue;
      if (outcome === undefined) return `${token} never had an outcome`;
      if (overdue > 1) return `${token} was overdue ${overdue} times`;
      if (outcomeReports > 1) return `${token} reported ${outcomeReports} outcomes`;
      if (sequels > (outcome.state === 'timedOut' ? 1 : 0))
        return `${token} had ${sequels} sequels`;
    }
    return undefined;
  },
};

/** The token of the call that this request is about: its first argument. */
function tokenIn(request: Buffer): string {
  const [body] = valuesOf(request);
  const args = (body as readonly unknown[])[1] as readonly unknown[];
  return String(args[0]);
}

function notOnTime({ token, node, incarnation, ...call }: TrackedCall): Finding {
  const { outcome, settledAtMs = 0, dueMs } = call;
  if (!node.alive || node.incarnation !== incarnation) return undefined;
  if (outcome?.state === 'timedOut' && settledAtMs < dueMs - ROUNDING_MS) {
    return `${token} timed out ${dueMs - settledAtMs} ms early`;
  }
  const latestMs = node.life.clock.latestMs(dueMs);
  if (settledAtMs <= latestMs + ROUNDING_MS) return undefined;
  return `${token} had its outcome ${settledAtMs - latestMs} ms too late`;
}

function miscounted({ name, life, stats }: EndpointNode): Finding {
  const { outcomes, queuedNow, inFlightNow } = stats;
  let counted = queuedNow + inFlightNow;
  for (const count of Object.values(outcomes)) counted += count;
  if (counted === life.callsMade) return undefined;
  return `${name} made ${life.callsMade} calls, and counts ${counted}: ${JSON.stringify(outcomes)}`;
}
