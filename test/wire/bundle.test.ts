import { decode } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import {
  BUNDLE_HEADER_BYTES,
  bundledBytes,
  encodeBundle,
  isBundle,
  MAX_BUNDLING_BYTES,
  unpackBundle,
} from '../../src/wire/bundle.js';
import { DROP, type Drop } from '../../src/wire/drop.js';
import { HEADER_BYTES, readFrame } from '../../src/wire/frame.js';
import { OutboundFrame } from '../../src/wire/outbound-frame.js';
import { datagramOf } from '../fixtures/msgpack-values.js';
import { bundle } from '../fixtures/raw-peer.js';

/**
 * A response frame with this length, at least 21 bytes. All bytes except type and id are `byte`.
 */
const frameOf = (length: number, byte = 7): OutboundFrame =>
  new OutboundFrame('response', '00'.repeat(20), String.fromCharCode(byte).repeat(length - 21));

const bundleOf = (frames: readonly OutboundFrame[]): Buffer =>
  encodeBundle(
    frames,
    frames.reduce((bytes, frame) => bytes + bundledBytes(frame), 0),
  );

/** The frames of a bundle, or why there are none. In that case none may have been given. */
function unpacked(datagram: Buffer): Buffer[] | Drop {
  const frames: Buffer[] = [];
  const fault = unpackBundle(datagram, (frame) => frames.push(frame));
  if (fault !== undefined && frames.length > 0) throw new Error(`${frames.length} taken in vain`);
  return fault ?? frames;
}

const frameBytes = fc.oneof(
  { arbitrary: fc.integer({ min: 22, max: 80 }), weight: 8 },
  fc.constantFrom(254, 255, 256, 257, 8_725, 65_480),
);
const frames = fc.array(
  fc.tuple(frameBytes, fc.nat(255)).map(([length, byte]) => frameOf(length, byte)),
  { minLength: 1, maxLength: 40 },
);

t.test('a bundle is type 4, twenty zeros and a MessagePack array of binaries', async (t) => {
  const datagram = bundleOf([frameOf(22), frameOf(256, 8)]);
  const first = `01${'00'.repeat(20)}07`;
  const second = `01${'00'.repeat(20)}${'08'.repeat(235)}`;
  const expected = `04${'00'.repeat(20)}dc0002c416${first}c50100${second}`;
  t.equal(datagram.toString('hex'), expected);
  t.match(readFrame(datagram), { type: 'bundle' });
  t.ok(isBundle(datagram));
  for (const type of [0, 1, 2, 3, 5, 6, 7, 0xff]) t.notOk(isBundle(datagramOf(type, '90')));
  t.notOk(isBundle(Buffer.alloc(0)));
});

t.test('frames leave a bundle unchanged and in order, and the library reads them too', async () => {
  fc.assert(
    fc.property(frames, fc.uint8Array({ maxLength: 3 }), (list, trailing) => {
      const bundle = bundleOf(list);
      const read = unpacked(Buffer.concat([bundle, trailing]));
      const library = decode(bundle.subarray(HEADER_BYTES)) as Uint8Array[];
      const expected = list.map((frame) => frame.toDatagram());
      return (
        Array.isArray(read) &&
        [read, library].every((found) => found.length === expected.length) &&
        expected.every(
          (frame, index) => frame.equals(read[index]!) && frame.equals(library[index]!),
        )
      );
    }),
  );
});

t.test('frames are views of the datagram', async (t) => {
  const datagram = bundle(Buffer.of(1, 2), Buffer.of(3));
  const read = unpacked(datagram) as Buffer[];
  datagram.fill(9);
  t.strictSame(read, [Buffer.of(9, 9), Buffer.of(9)]);
});

t.test('the size of a frame in a bundle is exact, with one byte more from 256 on', async (t) => {
  for (const [length, takes] of [
    [22, 24],
    [255, 257],
    [256, 259],
    [65_480, 65_483],
  ] as const) {
    const frame = frameOf(length);
    t.equal(bundledBytes(frame), takes);
    t.equal(bundleOf([frame]).length, BUNDLE_HEADER_BYTES + takes);
  }
});

t.test('two or more frames never take more than the sum of their charges', async () => {
  fc.assert(
    fc.property(frames, (list) => {
      if (list.length === 1) return true;
      const charged = list.reduce((sum, { length }) => sum + length + MAX_BUNDLING_BYTES, 0);
      return bundleOf(list).length <= charged;
    }),
  );
});

t.test('every form of array and of binary is read', async (t) => {
  for (const [body, expected] of [
    ['91c40107', ['07']],
    ['9f' + 'c400'.repeat(15), Array<string>(15).fill('')],
    ['dc0001c40107', ['07']],
    ['dd00000001c40107', ['07']],
    ['92c5000107c60000000108', ['07', '08']],
    ['91c4010791c401', ['07']],
  ] as const) {
    const read = unpacked(datagramOf(4, body)) as Buffer[];
    t.strictSame(
      read.map((frame) => frame.toString('hex')),
      expected,
      body,
    );
  }
});

t.test('anything but an array of at least one binary has the wrong shape', async (t) => {
  for (const body of [
    ...['90', 'dc0000', 'dd00000000', 'c0', '80', '81c400c400', 'c400', 'a0', '07', 'c1', 'd400c4'],
    ...['91c0', '9190', '91a0', '91d90107', '91da0001', '9107', '91c1', '91c70107', '91d40007'],
    ...['92c400a0', '92c400c0', '93c401079100c400', '92c40091c400'],
  ]) {
    t.equal(unpacked(datagramOf(4, body)), DROP.shape, body);
  }
});

t.test('what declares more than there is is truncated, however much it declares', async (t) => {
  for (const body of [
    ...['91', '92c400', '9f', 'dc', 'dc00', 'dc0001', 'dcffff', 'ddffffffff', 'dd', 'dd000000'],
    ...['91c4', '91c401', '91c5', '91c500', '91c50001', '91c6', '91c6000000', '91c600000001'],
    ...['91c6ffffffff', '91c67fffffff', '91c5ffff', `ddffffffff${'c400'.repeat(1_000)}`],
    ...['dd01ffffffc400', '92c40107', '92c401'],
  ]) {
    t.equal(unpacked(datagramOf(4, body)), DROP.truncated, body.slice(0, 30));
  }
  for (let length = 0; length <= HEADER_BYTES; length += 1) {
    t.equal(unpacked(Buffer.alloc(length, 4)), DROP.tooShort, `${length} bytes`);
  }
});

t.test('no prefix of a bundle is a bundle, and nothing is taken from one', async (t) => {
  const sound = bundle(Buffer.alloc(22), Buffer.alloc(0), Buffer.alloc(300), Buffer.of(1));
  for (let length = 0; length < sound.length; length += 1) {
    const expected = length <= HEADER_BYTES ? DROP.tooShort : DROP.truncated;
    t.equal(unpacked(sound.subarray(0, length)), expected, `${length} bytes`);
  }
  t.ok(Array.isArray(unpacked(sound)));
});

t.test('frames are not checked: one may be empty, or a bundle', async (t) => {
  const inner = bundle(Buffer.of(1));
  t.strictSame(unpacked(bundle(Buffer.alloc(0), inner)), [Buffer.alloc(0), inner]);
});
