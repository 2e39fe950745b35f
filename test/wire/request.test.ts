import { ExtData } from '@msgpack/msgpack';
import t from 'tap';
import type { RequestFrame } from '../../src/wire/outbound-frame.js';
import { UnencodableError } from '../../src/errors.js';
import { DROP } from '../../src/wire/drop.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES, readFrame } from '../../src/wire/frame.js';
import { decodeRequest, encodeRequest } from '../../src/wire/request.js';
import { datagramOf, TEST_ID } from '../fixtures/msgpack-values.js';

/** Version 1, attempt 1, no time left: what follows the body of a request until it is stamped. */
const UNSTAMPED_HEADER_MAP = '830001 0101 02ce00000000';

const { length: HEADER_MAP_BYTES } = datagramOf(0, UNSTAMPED_HEADER_MAP).subarray(HEADER_BYTES);

t.test('a request is the bytes that Python rpcudp 5.0.1 sends, and a header map', async (t) => {
  // umsgpack.packb([name, args]) of u-msgpack-python 2.8.0, args a tuple as rpcudp has it
  const vectors: readonly [string, readonly unknown[], string][] = [
    ['sayhi', ['Snake Plissken'], '92a5736179686991ae536e616b6520506c6973736b656e'],
    ['stun', [], '92a47374756e90'],
    [
      'find_node',
      [Buffer.alloc(20, 7), Buffer.alloc(20, 9)],
      `92a966696e645f6e6f646592c414${'07'.repeat(20)}c414${'09'.repeat(20)}`,
    ],
  ];
  for (const [procedure, args, body] of vectors) {
    const datagram = encodeRequest(TEST_ID, procedure, args).toDatagram();
    const expected = datagramOf(0, `${body}${UNSTAMPED_HEADER_MAP}`);
    t.equal(datagram.toString('hex'), expected.toString('hex'), procedure);
    t.strictSame(decodeRequest(datagram), {
      procedure,
      args: args.map((arg) => (arg instanceof Buffer ? new Uint8Array(arg) : arg)),
      end: HEADER_BYTES + body.length / 2,
    });
  }
});

t.test('a body that is not [string, array] has the wrong shape (H46)', async (t) => {
  for (const body of ['c0', '80', '90', '91a161', '93a1619001', '920190', '92a16180']) {
    t.equal(decodeRequest(datagramOf(0, body)), DROP.shape, body);
  }
});

t.test('bytes after the body are ignored (H07, H08)', async (t) => {
  for (const trailing of ['00', '92a16190', 'c1', 'ff'.repeat(100)]) {
    t.strictSame(decodeRequest(datagramOf(0, `92a16190${trailing}`)), {
      procedure: 'a',
      args: [],
      end: HEADER_BYTES + 4,
    });
  }
});

t.test('any text is a procedure name here, and the lookup comes later (H37, H48)', async (t) => {
  const names = ['', '__proto__', 'constructor', '\0', '\u202e', '\n', '\x1b[2J', '🐍'.repeat(63)];
  for (const name of names) {
    const body = Buffer.concat([
      Buffer.of(0x92, 0xd9, Buffer.byteLength(name)),
      Buffer.from(name),
      Buffer.of(0x90),
    ]);
    t.strictSame(decodeRequest(datagramOf(0, body.toString('hex'))), {
      procedure: name,
      args: [],
      end: HEADER_BYTES + body.length,
    });
  }
});

t.test('name and arguments take 8192 bytes and not one more', async (t) => {
  // 92 a1 61 91 da xx xx: 7 bytes around the text
  const largest = encodeRequest(TEST_ID, 'a', ['x'.repeat(8_185)]).toDatagram();
  t.equal(largest.length, HEADER_BYTES + 8_192 + HEADER_MAP_BYTES);
  t.match(readFrame(largest), { type: 'request' });
  t.match(decodeRequest(largest), { end: HEADER_BYTES + 8_192 });
  t.throws(() => encodeRequest(TEST_ID, 'a', ['x'.repeat(8_186)]).toDatagram(), {
    name: 'RequestTooLargeError',
    code: 'ERR_RPCUDP_REQUEST_TOO_LARGE',
    procedure: 'a',
    bytes: 8_193,
    limitBytes: 8_192,
    message: /"a" takes at least 8193 bytes; .* may take at most 8192/,
  });
});

t.test('a body of 8193 bytes is too long, whatever follows it', async (t) => {
  const bodyOf = (textBytes: number): string =>
    `92a16191da${textBytes.toString(16).padStart(4, '0')}${'78'.repeat(textBytes)}`;
  t.match(decodeRequest(datagramOf(0, bodyOf(8_185))), { end: HEADER_BYTES + 8_192 });
  t.equal(decodeRequest(datagramOf(0, bodyOf(8_186))), DROP.tooLong);
  t.equal(decodeRequest(datagramOf(0, `${bodyOf(8_186)}${UNSTAMPED_HEADER_MAP}`)), DROP.tooLong);
});

t.test('a request that fits in no datagram is refused before it is encoded', async (t) => {
  let shared: unknown[] = [];
  for (let level = 0; level < 25; level += 1) shared = [shared, shared];
  for (const arg of [
    'x'.repeat(2 ** 24),
    new Uint8Array(2 ** 24),
    new ExtData(1, new Uint8Array(2 ** 24)),
    { ['k'.repeat(2 ** 24)]: 1 },
    new Array(2 ** 20).fill(1),
    shared,
  ]) {
    t.throws(() => encodeRequest(TEST_ID, 'a', [arg]).toDatagram(), {
      name: 'RequestTooLargeError',
      bytes: MAX_DATAGRAM_BYTES + 1,
    });
  }
  t.throws(() => encodeRequest(TEST_ID, 'p'.repeat(100_000), []).toDatagram(), {
    name: 'RequestTooLargeError',
    message: /^.{0,200}$/u,
  });
});

t.test('an invalid procedure name, argument list or id is a mistake', async (t) => {
  const loose = encodeRequest as (id: string, procedure: unknown, args: unknown) => RequestFrame;
  for (const name of ['', 7, undefined, '\ud800']) {
    t.throws(() => loose(TEST_ID, name, []), { name: 'UnencodableError', path: 'procedure' });
  }
  for (const args of [undefined, 'text', { length: 0 }]) {
    t.throws(() => loose(TEST_ID, 'a', args), { name: 'UnencodableError', path: 'args' });
  }
  t.throws(() => encodeRequest('short', 'a', []).toDatagram(), RangeError);
  t.ok(new UnencodableError('args', 'x') instanceof TypeError);
});

t.test('arguments nest as deep as a request may, and what is encoded can be decoded', async (t) => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  // The body's own array and the list of arguments are two of the 32.
  const datagram = encodeRequest(TEST_ID, 'a', [nested(30)]).toDatagram();
  t.match(decodeRequest(datagram), { procedure: 'a', args: [nested(30)] });
  t.throws(() => encodeRequest(TEST_ID, 'a', [nested(31)]).toDatagram(), {
    path: `args${'[0]'.repeat(31)}`,
    message: /deeper than 32/,
  });
});

t.test('a name in binary, as rpcudp 0.x on Python 2 writes it, is text', async (t) => {
  const body = (name: string) => Buffer.from(`00${'07'.repeat(20)}92${name}91c403426f62`, 'hex');
  t.match(decodeRequest(body('c4057361796869')), {
    procedure: 'sayhi',
    args: [new Uint8Array(Buffer.from('Bob'))],
  });
  t.match(decodeRequest(body('c402fffe')), { reason: 'utf8' }, 'unless it is not UTF-8');
});
