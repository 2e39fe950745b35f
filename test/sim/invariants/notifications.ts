import { formatAddress } from '../../../src/address/address.js';
import { headerOf, idOf, TYPE } from '../datagram.js';
import type { EndpointNode } from '../endpoint-node.js';
import type { Finding, Invariant } from '../invariant.js';
import type { World } from '../world.js';

/** What is sent about a request. */
const ANSWERED_WITH: readonly (number | undefined)[] = [
  ...[TYPE.response, TYPE.error, TYPE.working, TYPE.challenge],
];

/**
 * I21. A notification is sent once, and nothing is sent back for it. What was dropped or replaced
 * never runs, anywhere. Each ends once, and is counted by its end.
 */
export const notifications: Invariant = {
  id: 'I21',
  says: 'a notification is sent once and not answered; what is dropped or replaced never runs',

  afterEvent: (_world, node) => miscounted(node),

  afterRun: (world, _node, { token }) => ranInVain(world, token),

  beforeFrame: (world, { life }, frame, from) => {
    const key = `${formatAddress(from)} ${idOf(frame)}`;
    if (frame[0] !== TYPE.request) return undefined;
    if (isOneWay(frame) && !world.tainted.has(idOf(frame))) life.notifiedBy.add(key);
    else life.notifiedBy.delete(key);
    return undefined;
  },

  afterFrame: (world, node, frame, to) => {
    if (!node.alive || node.plan.faults.has('shortIds') || world.hasShortIds) return undefined;
    const id = idOf(frame);
    const address = formatAddress(to);
    if (frame[0] === TYPE.request && isOneWay(frame)) {
      node.life.notified.add(address);
      const times = node.life.transmissions.get(id)?.atMs.length ?? 0;
      return times > 1 ? `${node.name} sent the notification ${id.slice(0, 6)} again` : undefined;
    }
    if (!ANSWERED_WITH.includes(frame[0])) return undefined;
    if (!node.life.notifiedBy.has(`${address} ${id}`)) return undefined;
    return `${node.name} answered the notification ${id.slice(0, 6)} of ${address}`;
  },

  atEnd: (world) => {
    for (const { token, node, notification, endReports } of world.notifications) {
      const finding = ranInVain(world, token);
      if (finding !== undefined) return finding;
      if (endReports > 1) return `${node.name} told ${endReports} ends of ${token}`;
      if (notification.done && endReports === 0) return `${node.name} told no end of ${token}`;
    }
    return undefined;
  },
};

function isOneWay(frame: Buffer): boolean {
  return headerOf(frame)?.['8'] === true;
}

function miscounted({ name, life, stats }: EndpointNode): Finding {
  let counted = stats.notificationsNow;
  for (const count of Object.values(stats.notifications)) counted += count;
  if (counted === life.notificationsMade) return undefined;
  return `${name} made ${life.notificationsMade} notifications, and counts ${counted}`;
}

/** A broadcast has one token for several, so it may run unless all of them were in vain. */
function ranInVain(world: World, token: string): Finding {
  const made = world.notificationsOf(token);
  if (made.length === 0 || world.oracle.of(token).length === 0) return undefined;
  const inVain = made.filter(({ notification }) => {
    return notification.state === 'dropped' || notification.state === 'replaced';
  });
  if (inVain.length < made.length) return undefined;
  return `${token} was ${made[0]?.notification.state ?? ''}, and it ran`;
}
