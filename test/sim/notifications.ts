/** Notifications: those that the endpoints of the world make, to peers of every kind. */
import type { Notification } from '../../src/api/notification.js';
import type { NotifyOptions } from '../../src/api/notify-options.js';
import type { Dice } from './dice.js';
import type { EndpointNode } from './endpoint-node.js';
import { hostNameOf } from './names.js';
import { argumentsFor } from './procedures.js';
import type { World } from './world.js';

const PROCEDURES = [...(['echo', 'add', 'add', 'add', 'slow', 'throws', 'missing'] as const)];

/** Notifies at random times, as long as nothing has healed. */
export function startNotifications(world: World): void {
  if (!world.plan.notifies) return;
  const dice = world.dice.fork('notifications');
  const next = (): void => {
    if (world.healed) return;
    const node = dice.pick(world.endpoints);
    // Sometimes more than a flight has room for.
    const count = dice.chance(0.1) ? dice.integer(5, 200) : dice.integer(1, 4);
    if (node.ready) for (let left = count; left > 0; left--) notify(world, node, dice);
    world.clock.setTimeout(next, dice.exponential(4 * world.plan.callIntervalMs));
  };
  world.clock.setTimeout(next, dice.exponential(world.plan.callIntervalMs));
}

function notify(world: World, node: EndpointNode, dice: Dice): void {
  const procedure = dice.pick(PROCEDURES);
  const target = dice.pick(world.peers);
  const byName = world.plan.named && dice.chance(0.3);
  const { port } = target.address;
  const address = byName ? { host: hostNameOf(target), port } : target.address;
  const options: NotifyOptions = dice.chance(0.4) ? { latest: dice.below(3) } : {};
  const isBroadcast = dice.chance(0.1);
  const mark = dice.below(2 ** 32).toString(16);
  const token = `n${world.tokens++}.${mark}`;
  const args = [token, ...argumentsFor(procedure, world, dice)];
  const { endpoint } = node.life;
  try {
    const made: Notification[] = isBroadcast
      ? endpoint.broadcast(
          world.peers.map((peer) => endpoint.peer(peer.address)),
          procedure,
          args,
          options,
        )
      : [endpoint.peer(address).notify(procedure, args, options)];
    for (const notification of made) world.trackNotification(node, notification, token);
  } catch (error) {
    if ((error as Error).name !== 'TooManyPeersError') throw error;
    world.coverage.reach('notification:refused');
  }
}
