/**
 * Attackers. An off-path attacker sends what it likes and sees nothing. An on-path attacker sees
 * everything.
 */
import { formatAddress } from '../../src/address/address.js';
import type { SocketAddress } from '../../src/address/address.js';
import type { NetworkEvent } from '../../src/testing/network.js';
import { bundleOf, datagramOf, framesOf, headerMapOf, headerOf, idOf, TYPE } from './datagram.js';
import type { Dice } from './dice.js';
import type { World } from './world.js';

/** Bodies that no guard may accept, and bodies close to them. */
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

/** Bodies of bundles that declare more than they hold, or something else. */
const BUNDLE_BODIES: readonly string[] = [
  ...['90', 'dc0000', 'dd00000000', 'ddffffffff', 'dcffffc400', '92c400', '91c6ffffffff'],
  ...['91c5ffff', '92c400a0', '91d90100', '91c7010000', '81c400c400', '9191c400'],
];

/** Sends forged bytes from any address to a peer. */
export function strikeOffPath(world: World, dice: Dice): boolean {
  const to = dice.pick(world.peers).address;
  const from = anySource(world, dice);
  const forgery = dice.chance(0.3) ? forgedBundle(dice) : forged(dice);
  world.network.inject(forgery, from, to);
  return true;
}

/** A bundle of forgeries: valid, cut off, nested, or with an invalid body. */
function forgedBundle(dice: Dice): Buffer {
  const frames = Array.from({ length: dice.below(5) }, () => forged(dice));
  const bundle = bundleOf(frames);
  switch (dice.below(6)) {
    case 0:
      return bundle.subarray(0, dice.below(bundle.length));
    case 1:
      return bundleOf([...frames, bundle]);
    case 2:
      return bundleOf(
        Array.from({ length: dice.pick([256, 257]) }, () => Buffer.alloc(dice.below(2))),
      );
    case 3: {
      const body = Buffer.from(dice.pick(BUNDLE_BODIES), 'hex');
      return Buffer.concat([bundle.subarray(0, 21), body, ...frames]);
    }
    default:
      return bundle;
  }
}

function forged(dice: Dice): Buffer {
  const type = dice.pick([...Object.values(TYPE), 0, 0, 1, 4, 6, 255]);
  const id = dice.bytes(20).toString('hex');
  switch (dice.below(7)) {
    case 0:
      return dice.bytes(dice.below(60));
    case 3: {
      // A probe, or an answer to one, padded or not.
      const padding = dice.chance(0.5) ? dice.bytes(dice.below(2_000)) : null;
      // Every other one asks for an answer that is as long.
      if (padding !== null && padding.length > 0 && (padding[0] ?? 0) % 2 === 1) padding[0] = 1;
      const probe = datagramOf(dice.pick([TYPE.probe, TYPE.present]), id, padding);
      return Buffer.concat([probe, headerMapOf({ 0: 1 })]);
    }
    case 1:
      return Buffer.concat([datagramOf(TYPE.request, id), Buffer.alloc(9_000, 0xc0)]);
    case 2:
      return Buffer.concat([
        datagramOf(TYPE.request, id, ['echo', ['forged', 1]]),
        headerMapOf({ 0: 1, 1: 1, 2: dice.below(9) }),
      ]);
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
 * Repeats a datagram that was on the wire: unchanged, with its frames in a bundle, or with the
 * frames taken out of a bundle.
 */
export function replay(world: World, dice: Dice): boolean {
  const event = world.recorded[dice.below(world.recorded.length)];
  // The ring has empty places until enough was recorded.
  if (event === undefined) return false;
  const { datagram, from, to } = event;
  const frames = framesOf(datagram);
  const onItsWay = ({ from: source, to: target }: NetworkEvent): boolean =>
    formatAddress(source) === formatAddress(from) && formatAddress(target) === formatAddress(to);
  switch (dice.below(3)) {
    case 0: {
      const more = dice.shuffle(world.recorded.filter(onItsWay)).slice(0, 3);
      const bundled = [...frames, ...more.flatMap((other) => framesOf(other.datagram))];
      world.network.inject(bundleOf(bundled), from, to);
      world.coverage.reach('replay:bundled');
      return true;
    }
    case 1:
      for (const frame of frames) world.network.inject(frame, from, to);
      if (datagram[0] === TYPE.bundle) world.coverage.reach('replay:unbundled');
      return true;
    default:
      world.network.inject(datagram, from, to);
      return true;
  }
}

/**
 * Uses a frame of the last datagram that it saw. It answers in the name of a peer, answers from
 * another address, or repeats a request with another body or from another address; alone, or in a
 * bundle.
 */
export function strikeOnPath(world: World, dice: Dice): boolean {
  if (world.latest === undefined) return false;
  const { datagram, from, to } = world.latest;
  const frames = framesOf(datagram).filter(({ length }) => length >= 22);
  if (frames.length === 0) return false;
  const frame = dice.pick(frames);
  const id = idOf(frame);
  const headerMap = headerMapOf({ 0: 1 });
  const header = headerOf(frame) === undefined ? Buffer.alloc(0) : headerMap;
  const elsewhere = { host: '6.6.6.6', port: 666 };
  const bundled = dice.chance(0.3);
  const inject = (forgery: Buffer, source: SocketAddress, target: SocketAddress): void => {
    world.network.inject(bundled ? bundleOf([forged(dice), forgery]) : forgery, source, target);
  };
  /** Only the source of such an answer could be checked, and the source is right. */
  const answer = (forgery: Buffer): void => {
    world.tainted.add(id);
    inject(forgery, to, from);
  };
  const response = Buffer.concat([datagramOf(TYPE.response, id, 'forged'), header]);
  switch (dice.below(7)) {
    case 6:
      // It makes the peer pass for an rpcudp endpoint.
      answer(Buffer.concat([datagramOf(TYPE.present, id, null), headerMap]));
      return true;
    case 0:
      answer(response);
      return true;
    case 1:
      inject(response, elsewhere, from);
      return true;
    case 2:
      world.tainted.add(id);
      inject(datagramOf(TYPE.request, id, ['echo', ['forged', 2]]), from, to);
      return true;
    case 3:
      world.tainted.add(id);
      inject(frame, elsewhere, to);
      return true;
    case 4:
      world.tainted.add(id);
      inject(Buffer.concat([datagramOf(TYPE.cancel, id, null), headerMap]), from, to);
      return true;
    default:
      answer(Buffer.concat([datagramOf(TYPE.working, id, null), headerMap]));
      return true;
  }
}
