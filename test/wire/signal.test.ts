import t from 'tap';
import { DROP } from '../../src/wire/drop.js';
import { HEADER_BYTES, readFrame } from '../../src/wire/frame.js';
import { challengeHeaderMap } from '../../src/wire/header-map.js';
import { readAnswerHeaderMap, readHeaderMap } from '../../src/wire/header-map-reader.js';
import { decodeSignal, encodeSignal } from '../../src/wire/signal.js';
import { datagramOf, TEST_ID } from '../fixtures/msgpack-values.js';

t.test('a signal is its type, an id, nil and a header map', async (t) => {
  for (const [type, byte] of [
    ['cancel', 3],
    ['working', 5],
    ['challenge', 6],
    ['probe', 10],
    ['present', 11],
  ] as const) {
    const datagram = encodeSignal(type, TEST_ID).toDatagram();
    t.equal(datagram.toString('hex'), datagramOf(byte, 'c0 810001').toString('hex'));
    t.match(readFrame(datagram), { type, id: TEST_ID });
    t.strictSame(decodeSignal(datagram), { end: HEADER_BYTES + 1 });
    t.ok(readAnswerHeaderMap(datagram, HEADER_BYTES + 1));
  }
});

t.test('a challenge has a token in its header map', async (t) => {
  const token = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const datagram = encodeSignal('challenge', TEST_ID, challengeHeaderMap(token)).toDatagram();
  const expected = datagramOf(6, 'c0 82 0001 04c4080102030405060708');
  t.equal(datagram.toString('hex'), expected.toString('hex'));
  t.strictSame(readHeaderMap(datagram, HEADER_BYTES + 1)?.token, token);
});

t.test('any body but nil has the wrong shape', async (t) => {
  for (const body of ['00', 'c1', 'c2', '90', '80', 'a0', 'dd01ffffff']) {
    t.equal(decodeSignal(datagramOf(3, body)), DROP.shape, body);
  }
});
