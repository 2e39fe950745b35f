import { decode, encode, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { legibleValue } from '../../../src/legible/legible-value.js';
import { maskTest } from '../../../src/legible/mask.js';
import type { Mask } from '../../../src/legible/mask.js';
import { maskedBytes } from '../../../src/inspector/recorder/masked-frame.js';
import type { Transaction } from '../../../src/legible/transaction.js';
import { encodeErrorReply } from '../../../src/wire/error-reply.js';
import { HEADER_BYTES, readFrame } from '../../../src/wire/frame.js';
import type { Frame } from '../../../src/wire/frame.js';
import { PLAIN_HEADER_MAP } from '../../../src/wire/header-map.js';
import { decodeRequest, encodeRequest } from '../../../src/wire/request.js';
import { encodeResponse } from '../../../src/wire/response.js';

const ID = 'ab'.repeat(20);
const LOGIN: Transaction = { procedure: 'login', hasMasked: false };

function show(datagram: Buffer, mask: Mask, transaction: Transaction | undefined = LOGIN) {
  const shown = maskedBytes(readFrame(datagram) as Frame, transaction, maskTest(mask));
  return { ...shown, bytes: Buffer.from(shown.base64, 'base64') };
}

const request = (...args: readonly unknown[]) => encodeRequest(ID, 'login', args).toDatagram();

t.test('a frame without anything masked is its own bytes', async (t) => {
  const datagram = request({ user: 'snake' });
  t.strictSame(show(datagram, ['password']).bytes, datagram);
  t.equal(show(datagram, ['password']).masked, undefined);
});

t.test('what is masked is cut out, and everything else stays, byte for byte', async (t) => {
  const datagram = request(1.5, { user: 'snake', password: { old: 'a', new: ['b'] } }, [7]);
  const { bytes, masked } = show(datagram, ['password']);
  t.equal(masked, true);
  t.strictSame(decodeRequest(bytes), {
    procedure: 'login',
    args: [1.5, { user: 'snake', password: '(masked)' }, [7]],
    end: bytes.length - (datagram.length - (decodeRequest(datagram) as { end: number }).end),
  });
  const headerMap = datagram.subarray((decodeRequest(datagram) as { end: number }).end);
  t.strictSame(bytes.subarray(-headerMap.length), headerMap);
  // An integer that is longer than necessary, as no encoder here would write it.
  const long = Buffer.concat([
    Buffer.of(1),
    Buffer.from(ID, 'hex'),
    Buffer.of(0x82, 0xd9, 1, 0x61, 0xcd, 0, 1),
    encode('password'),
    encode('hunter2'),
  ]);
  const shown = show(long, ['password']).bytes;
  t.strictSame(shown.subarray(0, 36), long.subarray(0, 36));
  t.strictSame(shown.subarray(HEADER_BYTES + 16), Buffer.from(encode('(masked)')));
});

t.test('a masked whole is masked in each argument, and in every part of an outcome', async (t) => {
  const args = show(request('a', 'b'), ['args']).bytes;
  t.strictSame((decodeRequest(args) as { args: unknown }).args, ['(masked)', '(masked)']);
  const value = encodeResponse(ID, { a: 1 }, PLAIN_HEADER_MAP).toDatagram();
  for (const mask of ['outcome', 'value']) {
    const { bytes } = show(value, [mask]);
    t.strictSame(bytes.subarray(HEADER_BYTES, -3), Buffer.from(encode('(masked)')), mask);
    t.strictSame(bytes.subarray(-3), Buffer.from(PLAIN_HEADER_MAP));
  }
  const error = encodeErrorReply(ID, { code: 'no', message: 'why', data: { token: 1, a: 2 } });
  const shownError = (mask: Mask, transaction?: Transaction) => {
    const { bytes } = show(error.toDatagram(), mask, transaction);
    return decode(bytes.subarray(HEADER_BYTES, bytes.length - PLAIN_HEADER_MAP.length));
  };
  t.strictSame(shownError(['token']), ['no', 'why', { token: '(masked)', a: 2 }]);
  t.strictSame(shownError(['message']), ['no', '(masked)', { token: 1, a: 2 }]);
  t.strictSame(shownError(['error']), ['(masked)', '(masked)', '(masked)']);
  const reserved = { procedure: 'login', hasMasked: true };
  t.strictSame(shownError(['x'], reserved), ['no', '(masked)', '(masked)']);
});

t.test('of an answer to an unknown call, only type and id are shown', async (t) => {
  const value = encodeResponse(ID, 'secret').toDatagram();
  const header = value.subarray(0, HEADER_BYTES);
  const shown = maskedBytes(readFrame(value) as Frame, undefined, maskTest(['x']));
  t.strictSame(Buffer.from(shown.base64, 'base64'), header);
  const unknown = { procedure: undefined, hasMasked: true };
  t.strictSame(show(value, ['x'], unknown).bytes, header);
});

t.test('maps with any keys are masked by their path, and extensions as a whole', async (t) => {
  const args = Buffer.concat([
    Buffer.of(0x92, 0xa5),
    Buffer.from('login'),
    // [{ 7: 'a', 'x': 'b' }]
    Buffer.of(0x91, 0x82, 7, 0xa1, 0x61, 0xa1, 0x78, 0xa1, 0x62),
  ]);
  const datagram = Buffer.concat([Buffer.of(0), Buffer.from(ID, 'hex'), args]);
  const mask: Mask = ({ path }) => path.join('.') === 'args.0.map.7';
  t.match(decodeRequest(show(datagram, mask).bytes), {
    args: [
      new Map<unknown, unknown>([
        [7, '(masked)'],
        ['x', 'b'],
      ]),
    ],
  });
  const extension = request(new ExtData(5, Buffer.from('hunter2')));
  for (const key of ['data', 'type']) {
    t.match(decodeRequest(show(extension, [key]).bytes), { args: ['(masked)'] });
  }
  t.equal(show(extension, ['other']).masked, undefined);
});

const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.string({ maxLength: 5 }),
    fc.integer(),
    fc.uint8Array({ maxLength: 4 }),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2 ** 33) }),
    fc.uint8Array({ maxLength: 20 }).map((data) => new ExtData(5, data)),
    fc.array(tie('node'), { maxLength: 20 }),
    fc.dictionary(fc.constantFrom('a', '7', 'data', 'password', 'x'.repeat(40)), tie('node'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
}));

t.test('bytes and values are masked in the same places', async (t) => {
  const places = fc.constantFrom<Mask>(
    ['password'],
    ['data'],
    ['0', 'a'],
    ['7', 'args'],
    ({ path }) => path.length === 3,
    ({ procedure, path }) => procedure === 'login' && path.join('.') === 'args.0.a',
  );
  fc.assert(
    fc.property(fc.array(node, { maxLength: 3 }), places, (args, mask) => {
      const how = { isMasked: maskTest(mask), procedure: 'login', transaction: LOGIN };
      const { bytes } = show(request(...args), mask);
      const body = decodeRequest(bytes) as { args: unknown };
      const whole = how.isMasked({ procedure: 'login', path: ['args'] });
      const expected = whole ? args.map(() => '(masked)') : legibleValue(args, ['args'], how);
      const shown = legibleValue(body.args, [], { ...how, isMasked: () => false });
      // An extension is masked as a whole, because its bytes cannot be taken apart.
      const plain = (value: unknown) =>
        JSON.stringify(value).replace(/\{"type":(5|"\(masked\)"),"data":"[^"]*"\}/g, '"extension"');
      const text = plain(shown).replace(/"\(masked\)"/g, '"extension"');
      return t.equal(text, plain(expected).replace(/"\(masked\)"/g, '"extension"'));
    }),
    { numRuns: 300 },
  );
});
