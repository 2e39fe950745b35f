/** The guard, the decoder, the library and a second decoder must agree. */
import { deepStrictEqual } from 'node:assert/strict';
import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { decodeValue } from '../../src/wire/decoder.js';
import type { DropReason } from '../../src/wire/drop-reason.js';
import { skim, type Skimmed, ODDITY } from '../../src/wire/skim.js';
import { type Drop, isDrop } from '../../src/wire/drop.js';
import { readValue } from '../../src/wire/piecewise-reader.js';
import { timestampExtension } from './timestamp-extension.js';
import { encodeResponse } from '../../src/wire/response.js';
import { hostileBody } from '../fixtures/hostile-bytes.js';
import { readByReference } from './reference.js';
import { faithfulValue, TEST_ID } from '../fixtures/msgpack-values.js';

const numRuns = 20_000;

const extensionCodec = new ExtensionCodec();
extensionCodec.register(timestampExtension);
/** Accepts all that the library can read: 64-bit integers, and keys of every type. */
const lenient = new Decoder({
  useBigInt64: true,
  extensionCodec,
  mapKeyConverter: () => 'key',
  // Without these limits, five bytes would make it allocate 269 MB.
  maxArrayLength: 100_000,
});
const plainLibrary = new Decoder();

/** Bodies that this package sends. */
const faithfulBody = faithfulValue.map((value) =>
  Buffer.from(encodeResponse(TEST_ID, value).toDatagram().subarray(21)),
);

/** What `skim` returns, in a new object. */
function skimmed(bytes: Uint8Array): Skimmed | Drop {
  const found = skim(bytes, 0);
  return isDrop(found) ? found : { ...found };
}

t.test('what the guard accepts is decoded to the same value as by a second decoder', async (t) => {
  const seen = { sound: 0, duplicateKey: 0, unsound: 0 };
  fc.assert(
    fc.property(hostileBody, (bytes) => {
      const guard = skimmed(bytes);
      const decoded = decodeValue(bytes, 0);
      const reading = readByReference(bytes);
      const fault = reading.fault ?? 'sound';
      seen[fault]++;
      if (fault === 'unsound') {
        deepStrictEqual(decoded, guard);
        return isDrop(guard);
      }
      if (isDrop(guard)) return false;
      if (reading.fault !== undefined) return isDrop(decoded) && decoded.reason === 'duplicateKey';
      deepStrictEqual(decoded, reading);
      deepStrictEqual(guard.end, reading.end);
      return true;
    }),
    { numRuns },
  );
  for (const [fate, count] of Object.entries(seen)) t.ok(count > numRuns / 50, `${fate} ${count}`);
});

t.test('reading a body whole and piece by piece gives the same value', async (t) => {
  const seen = { whole: 0, restored: 0, piecewise: 0 };
  fc.assert(
    fc.property(fc.oneof(hostileBody, faithfulBody), (bytes) => {
      const guard = skimmed(bytes);
      if (isDrop(guard)) return;
      const decoded = decodeValue(bytes, 0);
      deepStrictEqual(readValue(bytes, 0), isDrop(decoded) ? decoded : decoded.value);
      const { key, index, byteOrderMark } = ODDITY;
      if ((guard.odd & (key | index | byteOrderMark)) !== 0) seen.piecewise++;
      else if (guard.odd !== 0 || guard.entries > 0) seen.restored++;
      else seen.whole++;
    }),
    { numRuns: numRuns / 4 },
  );
  for (const [way, count] of Object.entries(seen)) t.ok(count > numRuns / 200, `${way} ${count}`);
});

t.test('what the library can read without loss, it reads to the same value', async (t) => {
  let compared = 0;
  fc.assert(
    fc.property(hostileBody, (bytes) => {
      const guard = skimmed(bytes);
      if (isDrop(guard) || isLossy(bytes.subarray(0, guard.end))) return;
      const value = readValue(bytes, 0);
      if (isDrop(value)) return;
      deepStrictEqual(value, plainLibrary.decode(bytes.subarray(0, guard.end)));
      deepStrictEqual(decodeValue(bytes, 0), { value, end: guard.end });
      compared++;
    }),
    { numRuns },
  );
  t.ok(compared > numRuns / 10, `${compared} compared`);
});

t.test('the library decodes what the guard accepts, and little else', async (t) => {
  /** Rules that the library does not have. */
  const stricter: readonly DropReason[] = ['depth', 'utf8', 'timestamp', 'key'];
  const refused = new Set<DropReason>();
  fc.assert(
    fc.property(hostileBody, (bytes) => {
      const guard = skimmed(bytes);
      if (!isDrop(guard)) return libraryDecodes(bytes.subarray(0, guard.end));
      if (!libraryDecodes(bytes)) return true;
      refused.add(guard.reason);
      return stricter.includes(guard.reason);
    }),
    { numRuns },
  );
  t.ok(refused.size > 1, [...refused].join(', '));
});

function libraryDecodes(bytes: Uint8Array): boolean {
  try {
    lenient.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Whether a value contains something that the library changes or reads in another form. */
function isLossy(bytes: Buffer): boolean {
  let lossy = false;
  skim(bytes, 0, (offset, end, _depth, isKey) => {
    const code = bytes[offset] ?? 0;
    const is64Bit = code === 0xcf || code === 0xd3;
    const isBinaryOrExtension = (code >= 0xc4 && code <= 0xc9) || (code >= 0xd4 && code <= 0xd8);
    const isText = (code >= 0xa0 && code < 0xc0) || (code >= 0xd9 && code <= 0xdb);
    const hasByteOrderMark = isText && bytes.subarray(offset, end).includes('efbbbf', 0, 'hex');
    if (is64Bit || isBinaryOrExtension || hasByteOrderMark || (isKey && !isText)) lossy = true;
  });
  return lossy;
}

t.test(
  'the library writes the same bytes, if it gets integers in the form that it wants',
  async (t) => {
    const library = new Encoder({ useBigInt64: true, ignoreUndefined: true, extensionCodec });
    fc.assert(
      fc.property(faithfulValue, (value) => {
        const bytes = encodeResponse(TEST_ID, value).toDatagram().subarray(21);
        deepStrictEqual(new Uint8Array(bytes), library.encode(forLibrary(value)));
      }),
      { numRuns },
    );
    t.pass();
  },
);

/** The library recognises 64-bit integers by their type, and others by their sign and size. */
function forLibrary(value: unknown): unknown {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) {
    const integer = value as number | bigint;
    return integer > 2 ** 32 - 1 || integer < -(2 ** 31) ? BigInt(integer) : Number(integer);
  }
  if (Array.isArray(value)) return value.map(forLibrary);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, forLibrary(item)]));
}
