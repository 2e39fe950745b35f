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
    const id = idOf(frame);
    const address = formatAddress(to);
    const waits = world.calls.some(
      ({ call, headed }) => headed && call.transactionId === id && call.state === 'queued',
    );
    const finding =
      waits || node.life.transmissions.has(id)
        ? misplaced(node, frame, address, waits)
        : misplacedInFlight(node, frame, address);
    return finding && `${node.name} probed ${address} ${finding}`;
  },
};

/** A probe that is about no request follows notifications. */
function misplacedInFlight({ life, plan }: EndpointNode, frame: Buffer, address: string): Finding {
  if (headerOf(frame) === undefined) return 'without a header map';
  // What the kernel refused is not seen here.
  if (life.notified.has(address) || plan.faults.has('sendRefused')) return undefined;
  return 'though it was not notified';
}

/** @param waits whether the request waits for the answer */
function misplaced(node: EndpointNode, frame: Buffer, address: string, waits: boolean): Finding {
  const { life, plan } = node;
  const { clock } = life;
  const nowMs = clock.nowMs();
  const before = life.probedAtMs.get(address);
  life.probedAtMs.set(address, nowMs);
  if (headerOf(frame) === undefined) return 'without a header map';
  // With such a table, a peer can be forgotten between its answer and the next call.
  const mayForget = plan.oddOptions.includes('tinyPeerTable');
  if (life.answerers.has(address) && !mayForget) return 'though it has answered';
  const { atMs: requestsAtMs } = life.transmissions.get(idOf(frame)) ?? {};
  const [requestedAtMs] = requestsAtMs ?? [];
  // A request that the kernel refused is not seen here.
  if (requestedAtMs === undefined && !waits) return 'about no request';
  for (const [what, sinceMs] of [
    ['the request', requestedAtMs],
    ['the probe before', before],
  ] as const) {
    if (sinceMs === undefined) continue;
    const lateMs = clock.latestMs(sinceMs) - sinceMs + clock.maxLatenessMs;
    const waitedMs = nowMs - sinceMs;
    if (waitedMs >= leastRtoMs(node, address) - lateMs - ROUNDING_MS) continue;
    return `${waitedMs} ms after ${what}`;
  }
  return undefined;
}
