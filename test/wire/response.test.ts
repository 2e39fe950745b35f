import t from 'tap';
import { DROP } from '../../src/wire/drop.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES } from '../../src/wire/frame.js';
import { PLAIN_HEADER_MAP } from '../../src/wire/header-map.js';
import { decodeResponse, encodeResponse } from '../../src/wire/response.js';
import { datagramOf, TEST_ID } from '../fixtures/msgpack-values.js';

t.test('a response carries one value', async (t) => {
  const datagram = encodeResponse(TEST_ID, 'Hello').toDatagram();
  t.equal(datagram.toString('hex'), datagramOf(1, 'a548656c6c6f').toString('hex'));
  t.strictSame(decodeResponse(datagram), { value: 'Hello', end: HEADER_BYTES + 6 });
});

t.test('a missing result is sent as nil', async (t) => {
  t.equal(encodeResponse(TEST_ID, undefined).toDatagram().toString('hex', 21), 'c0');
  t.strictSame(decodeResponse(datagramOf(1, 'c0')), { value: null, end: HEADER_BYTES + 1 });
});

t.test('a response can fill a datagram, with not one byte more', async (t) => {
  // The value's own header takes three bytes.
  const fits = new Uint8Array(MAX_DATAGRAM_BYTES - HEADER_BYTES - 3);
  const fitsWithMap = fits.subarray(PLAIN_HEADER_MAP.length);
  t.equal(encodeResponse(TEST_ID, fits).toDatagram().length, MAX_DATAGRAM_BYTES);
  t.equal(
    encodeResponse(TEST_ID, fitsWithMap, PLAIN_HEADER_MAP).toDatagram().length,
    MAX_DATAGRAM_BYTES,
  );
  t.throws(
    () => encodeResponse(TEST_ID, fits, PLAIN_HEADER_MAP).toDatagram(),
    /may take at most 65483/,
  );
  t.throws(() => encodeResponse(TEST_ID, new Uint8Array(fits.length + 1)).toDatagram(), {
    name: 'ReplyTooLargeError',
    code: 'ERR_RPCUDP_REPLY_TOO_LARGE',
    bytes: 65_487,
    limitBytes: 65_486,
    message: 'The result takes at least 65487 bytes; it may take at most 65486',
  });
  t.throws(() => encodeResponse(TEST_ID, 'x'.repeat(2 ** 24)).toDatagram(), {
    name: 'ReplyTooLargeError',
  });
});

t.test('for an rpcudp endpoint a response has a header map after its body', async (t) => {
  const datagram = encodeResponse(TEST_ID, 'Hello', PLAIN_HEADER_MAP).toDatagram();
  t.equal(datagram.toString('hex'), datagramOf(1, 'a548656c6c6f 810001').toString('hex'));
  t.strictSame(decodeResponse(datagram), { value: 'Hello', end: HEADER_BYTES + 6 });
});

t.test('datagrams do not share bytes', async (t) => {
  const first = encodeResponse(TEST_ID, 'first').toDatagram();
  const copy = Buffer.from(first);
  encodeResponse(TEST_ID, 'other').toDatagram();
  t.ok(first.equals(copy));
});

t.test('a malformed value is a drop', async (t) => {
  t.equal(decodeResponse(datagramOf(1, 'c1')), DROP.reserved);
});
