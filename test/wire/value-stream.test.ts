/** Small bodies are read as one stream. No body may see anything of another. */
import { deepStrictEqual } from 'node:assert/strict';
import { Decoder, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { decodeValue } from '../../src/wire/decoder.js';
import { isDrop } from '../../src/wire/drop.js';
import { decodeSound } from '../../src/wire/value-stream.js';
import { collectGarbage } from '../fixtures/garbage.js';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const decode = (bytes: Buffer): unknown => decodeSound(bytes, 0, bytes.length);

t.test('of many values, each arrives by itself, whatever their sizes', async () => {
  const library = new Decoder({ useBigInt64: true });
  const size = fc.oneof(fc.nat(100), fc.integer({ min: 2_000, max: 2_100 }), fc.nat(20_000));
  const text = fc.tuple(size, fc.constantFrom('x', 'é', '日')).map(([n, unit]) => unit.repeat(n));
  const item = fc.oneof(text, fc.integer(), fc.double(), fc.constant(null), fc.object());
  const body = fc.array(item, { maxLength: 3 }).map((items) => Buffer.from(encode(items)));
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 20 }), fc.nat(30), (bodies, before) => {
      for (const bytes of bodies) {
        const datagram = Buffer.concat([Buffer.alloc(before), bytes, Buffer.of(1, 2, 3)]);
        deepStrictEqual(
          decodeSound(datagram, before, before + bytes.length),
          library.decode(bytes),
        );
      }
    }),
    { numRuns: 300 },
  );
});

t.test('a stream is read to its end, and then the next one', async (t) => {
  for (let length = 2_030; length < 2_060; length++) {
    for (let time = 0; time < 10; time++) {
      const text = String(time).repeat(length);
      if (decode(Buffer.from(encode(text))) !== text) t.fail(`${length} bytes, time ${time}`);
    }
  }
});

t.test('bytes that are not one value are reported, and harm no other value', async (t) => {
  const unlike: Readonly<Record<string, string>> = {
    'two values': '01 02',
    'a value and half of one': '01 cd00',
    'half a value': 'cd00',
    'an array cut short': '93 01 02',
    'an array and what is not in it': '91 01 02',
    'text cut short': 'a5 6161',
    'a code that is never used': 'c1',
  };
  const good = bytesOf('92 a4 6563686f 91 07');
  for (const [what, hex] of Object.entries(unlike)) {
    decode(good);
    t.throws(() => decode(bytesOf(hex)), what);
    for (let time = 0; time < 3; time++) t.strictSame(decode(good), ['echo', [7]], what);
  }
});

t.test('bytes that look like a mark do not mislead later values', async (t) => {
  // After a fault the stream is new, and its first mark is known: the offset 0.
  t.throws(() => decode(bytesOf('c1')));
  t.equal(decode(bytesOf('01 cd0000 a6 666f72676564')), 1, 'more than one value, but for the mark');
  t.throws(() => decode(bytesOf('02')), 'which is not believed a second time');
  t.equal(decode(bytesOf('03')), 3);
});

/** Decodes a body in separate memory. Returns its value, and a weak reference to that memory. */
function decodeOnce(item: unknown): { value: unknown; memory: WeakRef<ArrayBuffer> } {
  const { buffer } = encode([item, 1n, { key: item }], { useBigInt64: true });
  return { value: decodeValue(Buffer.from(buffer), 0), memory: new WeakRef(buffer) };
}

t.test('no datagram is kept alive by what was read from it', async (t) => {
  const decoded = [1, 20, 2_000, 3_000, 60_000].flatMap((length) => {
    const binary = new Uint8Array(length);
    return ['x'.repeat(length), binary, { k: binary }].map((item) => decodeOnce(item));
  });
  await collectGarbage();
  t.notOk(decoded.some(({ value }) => isDrop(value)));
  t.equal(decoded.filter(({ memory }) => memory.deref() !== undefined).length, 0);
});
