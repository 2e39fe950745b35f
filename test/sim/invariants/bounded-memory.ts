import { networkOf } from '../../../src/address/ip.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { Execution } from '../oracle.js';

/** Refusals are remembered beside the replies. */
const MAX_REFUSALS = 4_096;

/** I8. At every step, every collection stays within the limit that its endpoint was given. */
export const boundedMemory: Invariant = {
  id: 'I8',
  says: 'calls, queues, caches, peers and handlers never exceed their limits',

  afterEvent: (_world, node) => {
    const { name, limits, life, stats } = node;
    const bounds = [
      ['inFlightNow', stats.inFlightNow, limits.maxOutstanding],
      ['lingeringNow', stats.lingeringNow, limits.maxLingering],
      ['procedures that run', stats.runningNow + stats.overrunNow, limits.maxRunningHandlers],
      // Calls and notifications are remembered apart.
      ['rememberedNow', stats.rememberedNow, 2 * limits.maxReplies + MAX_REFUSALS],
      ['peersNow', stats.peersNow, limits.maxPeers],
    ] as const;
    for (const [what, value, limit] of bounds) {
      if (value > limit) return `${name}: ${what} is ${value}, and may be ${limit}`;
    }
    for (const { call } of life.openCalls) {
      const { queued } = (call as unknown as { peer: { queued: number } }).peer;
      if (queued > limits.mailbox) return `${name}: ${queued} calls queued for one peer`;
    }
    return tooManyInFlight(node);
  },

  afterRun: (_world, { name, life, limits }, execution) => {
    const { maxRunningHandlers, maxRunningPerPeer } = limits;
    const shares = [
      [hostOf, limits.maxHostSharePercent],
      [networkOfSender, limits.maxNetworkSharePercent],
    ] as const;
    life.running = [...life.running.filter(({ endedAtMs }) => endedAtMs === undefined), execution];
    for (const [originOf, percent] of shares) {
      const origin = originOf(execution);
      const share = Math.max(Math.floor((maxRunningHandlers * percent) / 100), maxRunningPerPeer);
      const running = life.running.filter((other) => originOf(other) === origin).length;
      if (running > share) return `${name} runs ${running} procedures for ${origin}, not ${share}`;
    }
    return undefined;
  },
};

const hostOf = ({ sender }: Execution): string => sender.slice(0, sender.lastIndexOf(':'));

const networkOfSender = (execution: Execution): string => networkOf(hostOf(execution));

/**
 * An answer is not overdue before the least RTO. Until then its call certainly has a place in the
 * window.
 */
const SURELY_AWAITED_MS = 200;

function tooManyInFlight({ name, limits, life, plan }: EndpointNode): Finding {
  if (plan.faults.has('shortIds')) return undefined;
  const nowMs = life.clock.nowMs();
  const byPeer = new Map<string, number>();
  for (const { call } of life.openCalls) {
    const { atMs = [] } = life.transmissions.get(call.transactionId) ?? {};
    const [firstMs] = atMs;
    // If a peer says that it is working on a call, the call leaves the window and makes room for
    // another.
    if (atMs.length !== 1 || firstMs === undefined || life.disturbed.has(call.transactionId))
      continue;
    if (nowMs - firstMs >= SURELY_AWAITED_MS) continue;
    const { peer } = call.getSnapshot().context;
    const count = (byPeer.get(peer) ?? 0) + 1;
    byPeer.set(peer, count);
    if (count > limits.window) return `${name}: ${count} calls are in flight to ${peer}`;
  }
  return undefined;
}
