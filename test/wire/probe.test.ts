import fc from 'fast-check';
import t from 'tap';
import { DROP } from '../../src/wire/drop.js';
import { HEADER_BYTES } from '../../src/wire/frame.js';
import { FRAME_TYPES } from '../../src/wire/frame-type.js';
import { decodeProbe } from '../../src/wire/probe.js';
import { datagramOf } from '../fixtures/msgpack-values.js';

const PROBE = FRAME_TYPES.probe.byte;

t.test('a probe is nil or a binary, and a header map', async (t) => {
  for (const [body, bytes] of [
    ['c0', 1],
    ['c400', 2],
    ['c40107', 3],
    ['c5000107', 4],
    ['c60000000107', 6],
  ] as const) {
    const end = HEADER_BYTES + bytes;
    t.strictSame(decodeProbe(datagramOf(PROBE, `${body} 810001`)), { end }, body);
    t.strictSame(decodeProbe(datagramOf(PROBE, `${body} 820001 0ac0`)), { end }, body);
    t.equal(decodeProbe(datagramOf(PROBE, body)), DROP.shape, `${body} without a header map`);
    t.equal(decodeProbe(datagramOf(PROBE, `${body} 80`)), DROP.shape, `${body} without a version`);
  }
});

t.test('any other body has the wrong shape, and a binary may be cut short', async (t) => {
  for (const body of ['00', 'c1', 'c2', '90', '80', 'a0', 'd40000', 'dd01ffffff']) {
    t.equal(decodeProbe(datagramOf(PROBE, `${body} 810001`)), DROP.shape, body);
  }
  for (const body of ['c4', 'c401', 'c4ff00', 'c5ffff', 'c6ffffffff']) {
    t.equal(decodeProbe(datagramOf(PROBE, body)), DROP.truncated, body);
  }
});

t.test('no bytes make it throw', async () => {
  const rest = fc.uint8Array({ minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(rest, (bytes) => {
      const datagram = datagramOf(PROBE, Buffer.from(bytes).toString('hex'));
      const read = decodeProbe(datagram);
      return read === DROP.shape || read === DROP.truncated || 'end' in read;
    }),
  );
});
