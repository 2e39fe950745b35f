/** Attackers. One is off the path: it sends what it likes and sees nothing. One is on it, and sees all. */
import type { SocketAddress } from '../../src/address.js';
import { datagramOf, headerOf, idOf, TYPE } from './datagram.js';
import type { Dice } from './dice.js';
import type { World } from './world.js';

/** Bodies that no guard may let through, and what is next to them. */
const BODIES: readonly string[] = [
  ...['c1', 'dd01ffffff', 'ddffffffff', 'dfffffffff', 'dcffff', 'a56162', 'c4ff00', 'cd00'],
  ...[
    '91'.repeat(40) + 'c0',
    'a1ff',
    '81a95f5f70726f746f5f5f01',
    'd6ff',
    'c70cff' + 'ff'.repeat(12),
  ],
  ...['c0', '80', '90', '93a1619001', '920190', '92a47474747490', '8201010201', '82a16101a16102'],
  ...['92a46563686f91c0', 'cb7ff8000000000000', 'c70501ffffffffff'],
];

/** Sends bytes of its own making, from any address, to somebody. */
export function strikeOffPath(world: World, dice: Dice): boolean {
  const to = dice.pick(world.peers).address;
  const from = anySource(world, dice);
  world.network.inject(forged(dice), from, to);
  return true;
}

function forged(dice: Dice): Buffer {
  const type = dice.pick([...Object.values(TYPE), 0, 0, 1, 4, 6, 255]);
  const id = dice.bytes(20).toString('hex');
  switch (dice.below(6)) {
    case 0:
      return dice.bytes(dice.below(60));
    case 1:
      return Buffer.concat([datagramOf(TYPE.request, id), Buffer.alloc(9_000, 0xc0)]);
    case 2:
      return datagramOf(TYPE.request, id, ['echo', ['forged', 1]], {
        0: 1,
        1: 1,
        2: dice.below(9),
      });
    default: {
      const body = Buffer.from(dice.pick(BODIES), 'hex');
      return Buffer.concat([datagramOf(type, id), body]);
    }
  }
}

function anySource(world: World, dice: Dice): SocketAddress {
  if (dice.chance(0.1)) return { host: dice.pick(world.peers).host, port: 0 };
  if (dice.chance(0.6)) return dice.pick(world.peers).address;
  return { host: `6.6.6.${dice.below(256)}`, port: dice.integer(1, 65_535) };
}

/**
 * Uses what it saw last: answers in a peer's name, answers from elsewhere, or sends a request again with
 * another body, or from another address.
 */
export function strikeOnPath(world: World, dice: Dice): boolean {
  if (world.latest === undefined || world.latest.datagram.length < 22) return false;
  const { datagram, from, to } = world.latest;
  const id = idOf(datagram);
  const header = headerOf(datagram) === undefined ? [] : [{ 0: 1 }];
  const elsewhere = { host: '6.6.6.6', port: 666 };
  switch (dice.below(6)) {
    case 0:
      // Nothing can be held against such an answer but its source, and that is right.
      world.tainted.add(id);
      world.network.inject(datagramOf(TYPE.response, id, 'forged', ...header), to, from);
      return true;
    case 1:
      world.network.inject(datagramOf(TYPE.response, id, 'forged', ...header), elsewhere, from);
      return true;
    case 2:
      world.tainted.add(id);
      world.network.inject(datagramOf(TYPE.request, id, ['echo', ['forged', 2]]), from, to);
      return true;
    case 3:
      world.tainted.add(id);
      world.network.inject(datagram, elsewhere, to);
      return true;
    case 4:
      world.tainted.add(id);
      world.network.inject(datagramOf(TYPE.cancel, id, null, { 0: 1 }), from, to);
      return true;
    default:
      world.tainted.add(id);
      world.network.inject(datagramOf(TYPE.working, id, null, { 0: 1 }), to, from);
      return true;
  }
}
