import { formatAddress } from '../../../src/address/address.js';
import { headerOf, idOf, TYPE } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import { leastRtoMs } from './pace.js';

const ROUNDING_MS = 1e-6;

/**
 * I16. A probe asks what is not known, and nobody is pressed with probes. It goes to an address
 * from which no answer came yet, after a request with the same id was overdue there, or for a call
 * with headers before its request, and after the probe before it was overdue. It can be answered by
 * who knows it: it has a header map.
 */
export const firstContact: Invariant = {
  id: 'I16',
  says: 'a probe follows notifications, or an overdue request to who never answered, or headers wait',

  afterFrame: (world, node, frame, to) => {
    if (frame[0] !== TYPE.probe || !node.alive || node.plan.faults.has('shortIds')) {
      return undefined;
    }
    const address = formatAddress(to);
    const isInFlight = !node.life.transmissions.has(idOf(frame)) && wasNotified(node, address);
    const finding = isInFlight
      ? misplacedInFlight(frame)
      : misplaced(node, frame, address, world.plan.headed);
    return finding && `${node.name} probed ${address} ${finding}`;
  },
};

/** Whether a probe that is about no request may follow notifications. */
function wasNotified({ life, plan }: EndpointNode, address: string): boolean {
  // What the kernel refused is not seen here.
  return life.notified.has(address) || plan.faults.has('sendRefused');
}

function misplacedInFlight(frame: Buffer): Finding {
  return headerOf(frame) === undefined ? 'without a header map' : undefined;
}

/** @param mayPrecede whether there may be no request before the answer, as for calls with headers */
function misplaced(
  node: EndpointNode,
  frame: Buffer,
  address: string,
  mayPrecede: boolean,
): Finding {
  const { life, plan } = node;
  const { clock } = life;
  const nowMs = clock.nowMs();
  const before = life.probedAtMs.get(address);
  life.probedAtMs.set(address, nowMs);
  if (headerOf(frame) === undefined) return 'without a header map';
  // With such a table, a peer can be forgotten between its answer or a probe and the next call.
  const mayForget = plan.oddOptions.includes('tinyPeerTable');
  if (life.answerers.has(address) && !mayForget) return 'though it has answered';
  const { atMs: requestsAtMs } = life.transmissions.get(idOf(frame)) ?? {};
  const [requestedAtMs] = requestsAtMs ?? [];
  // A request that the kernel refused is not seen here.
  if (requestedAtMs === undefined && !mayPrecede) return 'about no request';
  for (const [what, sinceMs] of [
    ['the request', requestedAtMs],
    ['the probe before', mayForget ? undefined : before],
  ] as const) {
    if (sinceMs === undefined) continue;
    const lateMs = clock.latestMs(sinceMs) - sinceMs + clock.maxLatenessMs;
    const waitedMs = nowMs - sinceMs;
    if (waitedMs >= leastRtoMs(node, address) - lateMs - ROUNDING_MS) continue;
    return `${waitedMs} ms after ${what}`;
  }
  return undefined;
}
