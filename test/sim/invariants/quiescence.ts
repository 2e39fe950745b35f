import { getEventListeners } from 'node:events';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { World } from '../world.js';

/**
 * What a closed endpoint may still report: its peers are forgotten, but the last number of them
 * stays.
 */
const MAY_REMAIN = ['peersNow'];

/**
 * I12. What is over leaves nothing behind. An endpoint that was not used for long has no calls,
 * requests, replies or timers. A closed endpoint also has no actors, and no listeners on signals
 * that its caller still holds.
 */
export const quiescence: Invariant = {
  id: 'I12',
  says: 'an endpoint at rest or closed holds nothing: no calls, timers, actors or listeners',

  atRest: (_world, node) => heldBy(node, 'at rest'),

  afterClose: (world, node) => heldBy(node, 'closed') ?? heldByClosed(world, node),
};

function heldBy({ name, life, stats }: EndpointNode, state: string): Finding {
  for (const [what, count] of Object.entries(stats)) {
    if (!what.endsWith('Now') || MAY_REMAIN.includes(what)) continue;
    if (count !== 0) return `${name} is ${state}, and ${what} is ${String(count)}`;
  }
  const { pendingTimers } = life.clock;
  return pendingTimers === 0
    ? undefined
    : `${name} is ${state}, and ${pendingTimers} timers are set`;
}

function heldByClosed(world: World, { name, life, incarnation }: EndpointNode): Finding {
  for (const actor of life.actors.values()) {
    const { status, value } = actor.getSnapshot();
    if (status === 'active') return `${name} is closed, and ${actor.id} is ${String(value)}`;
  }
  for (const call of world.calls) {
    if (call.node.name !== name || call.incarnation !== incarnation) continue;
    if (call.signal === undefined || call.signal.aborted) continue;
    if (getEventListeners(call.signal, 'abort').length > 0) {
      return `${name} is closed, and listens to the signal of ${call.token}`;
    }
  }
  return undefined;
}
