import fc from 'fast-check';
import t from 'tap';
import { DROP } from '../../src/wire/drop.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES } from '../../src/wire/frame.js';
import { FRAME_TYPES } from '../../src/wire/frame-type.js';
import {
  ANSWER_AS_LONG,
  answerToProbe,
  askedPaddingBytes,
  decodeProbe,
  encodePadded,
  MAX_PADDING_BYTES,
  PADDED_PROBE_BYTES,
} from '../../src/wire/probe.js';
import { datagramOf, TEST_ID } from '../fixtures/msgpack-values.js';

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

t.test('a padded probe has the length that was wanted, and reads as a probe', async (t) => {
  for (const length of [0, 1, 255, 256, 1_446, MAX_PADDING_BYTES]) {
    const probe = encodePadded('probe', TEST_ID, Buffer.alloc(length, 7)).toDatagram();
    const headBytes = length === 0 ? 1 : length > 255 ? 3 : 2;
    t.strictSame(decodeProbe(probe), { end: HEADER_BYTES + headBytes + length }, `${length}`);
    if (length > 255) t.equal(probe.length, length + PADDED_PROBE_BYTES);
    t.equal(askedPaddingBytes(probe), 0, 'and asks for a short answer');
  }
  t.throws(() => encodePadded('probe', TEST_ID, Buffer.alloc(MAX_PADDING_BYTES + 1)), {
    name: 'RangeError',
    message: 'padding has at most 65480 bytes, not 65481',
  });
});

t.test('the answer is as long as the probe if its padding begins with 1', async (t) => {
  for (const length of [1, 2, 255, 256, 1_446, MAX_PADDING_BYTES]) {
    const padding = Buffer.alloc(length, 7);
    padding[0] = ANSWER_AS_LONG;
    const probe = encodePadded('probe', TEST_ID, padding).toDatagram();
    const answer = answerToProbe(TEST_ID, probe).toDatagram();
    t.equal(answer.length, probe.length);
    t.equal(answer[0], FRAME_TYPES.present.byte);
    t.notOk(answer.subarray(HEADER_BYTES + 3, -3).includes(7), 'and repeats nothing of it');
    t.notOk('reason' in decodeProbe(answer));
  }
  const beyondIpv4 = datagramOf(PROBE, `c5fff0 01${'00'.repeat(0xffef)} 810001`);
  t.equal(answerToProbe(TEST_ID, beyondIpv4).length, MAX_DATAGRAM_BYTES);
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
