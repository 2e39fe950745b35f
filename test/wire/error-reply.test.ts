import fc from 'fast-check';
import t from 'tap';
import { DROP, isDrop } from '../../src/wire/drop.js';
import { decodeErrorReply, encodeErrorReply } from '../../src/wire/error-reply.js';
import { HEADER_BYTES } from '../../src/wire/frame.js';
import { readAnswerHeaderMap } from '../../src/wire/header-map-reader.js';
import { datagramOf, TEST_ID } from '../fixtures/msgpack-values.js';

t.test('an error has a code, a message and perhaps data', async (t) => {
  t.strictSame(decodeErrorReply(datagramOf(2, '92 a145 a16d')), {
    code: 'E',
    message: 'm',
    end: HEADER_BYTES + 5,
  });
  t.strictSame(decodeErrorReply(datagramOf(2, '93 a145 a16d 07')), {
    code: 'E',
    message: 'm',
    data: 7,
    end: HEADER_BYTES + 6,
  });
});

t.test('anything else has the wrong shape', async (t) => {
  for (const body of [
    'c0',
    'a145',
    '90',
    '91a145',
    '9201a16d',
    '92a14501',
    '94a145a16dc0c0',
    '80',
  ]) {
    t.equal(decodeErrorReply(datagramOf(2, body)), DROP.shape, body);
  }
  t.equal(decodeErrorReply(datagramOf(2, '92')), DROP.truncated);
});

t.test('an error is sent with a header map, byte for byte', async (t) => {
  const datagram = encodeErrorReply(TEST_ID, { code: 'E', message: 'm' }).toDatagram();
  t.equal(datagram.toString('hex'), datagramOf(2, '92 a145 a16d 810001').toString('hex'));
  const withData = encodeErrorReply(TEST_ID, { code: 'E', message: 'm', data: null }).toDatagram();
  t.equal(withData.toString('hex'), datagramOf(2, '93 a145 a16d c0 810001').toString('hex'));
});

t.test('what arrives is what was sent', async () => {
  const data = fc.option(fc.oneof(fc.string(), fc.integer(), fc.array(fc.boolean())), {
    nil: undefined,
  });
  const text = fc.string({ maxLength: 100, unit: 'grapheme' });
  fc.assert(
    fc.property(text, text, data, (code, message, data) => {
      const datagram = encodeErrorReply(TEST_ID, { code, message, data }).toDatagram();
      const decoded = decodeErrorReply(datagram);
      return (
        !isDrop(decoded) &&
        decoded.code === code &&
        decoded.message === message &&
        JSON.stringify(decoded.data) === JSON.stringify(data) &&
        'data' in decoded === (data !== undefined) &&
        readAnswerHeaderMap(datagram, decoded.end) !== undefined
      );
    }),
  );
});

t.test('texts are cut to 1024 characters, and what is not Unicode is replaced', async (t) => {
  const sent = (code: string, message: string) =>
    decodeErrorReply(encodeErrorReply(TEST_ID, { code, message }).toDatagram());
  t.match(sent('c'.repeat(2_000), 'm'.repeat(2_000)), {
    code: `${'c'.repeat(1_023)}…`,
    message: `${'m'.repeat(1_023)}…`,
  });
  t.match(sent('c', 'm'.repeat(1_024)), { message: 'm'.repeat(1_024) });
  t.match(sent('c', 'a\ud800b\udc00'), { message: 'a\ufffdb\ufffd' }, 'lone surrogates');
  t.match(sent('c', `${'m'.repeat(1_022)}🐍🐍`), { message: `${'m'.repeat(1_022)}\ufffd…` });
  const dear = '\u20ac'.repeat(1_024);
  t.match(sent(dear, dear), { code: dear, message: dear }, 'the dearest texts that are not cut');
});

t.test('data that would not arrive unchanged, or is too large, is a mistake', async (t) => {
  const send = (data: unknown) =>
    encodeErrorReply(TEST_ID, { code: 'E', message: 'm', data }).toDatagram();
  t.throws(() => send({ list: [Symbol('x')] }), {
    name: 'UnencodableError',
    path: 'data.list[0]',
  });
  // 93 a1 45 a1 6d c5 xx xx: 8 bytes around the data
  t.equal(send(new Uint8Array(8_184)).length, HEADER_BYTES + 8_192 + 3);
  for (const bytes of [8_185, 2 ** 24]) {
    t.throws(() => send(new Uint8Array(bytes)), { name: 'ReplyTooLargeError' }, `${bytes} bytes`);
  }
});
