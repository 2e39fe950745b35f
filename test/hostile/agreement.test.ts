/** The guard, the decoder, the exact reader, the library and a second reader are of one opinion. */
import { deepStrictEqual } from 'node:assert/strict';
import { Decoder, ExtensionCodec } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { decodeValue } from '../../src/wire/decoder.js';
import { type Drop, type DropReason, isDrop } from '../../src/wire/drop.js';
import { readExact } from '../../src/wire/exact-reader.js';
import { skim, type Skimmed } from '../../src/wire/skim.js';
import { timestampExtension } from '../../src/wire/timestamp.js';
import { hostileBody } from '../fixtures/hostile-bytes.js';
import { readByReference } from '../fixtures/hostile-reference.js';

const numRuns = 20_000;

const extensionCodec = new ExtensionCodec();
extensionCodec.register(timestampExtension);
/** Takes all the library can take: 64-bit integers, and keys of every type. */
const lenient = new Decoder({
  useBigInt64: true,
  extensionCodec,
  mapKeyConverter: () => 'key',
  // Five bytes would make it take 269 MB.
  maxArrayLength: 100_000,
});
const plainLibrary = new Decoder();

/** What `skim` says, in an object of its own. */
function skimmed(bytes: Uint8Array): Skimmed | Drop {
  const found = skim(bytes, 0);
  return isDrop(found) ? found : { ...found };
}

t.test('what the guard lets through is decoded, to what a second reader reads', async (t) => {
  const seen = { sound: 0, duplicateKey: 0, unsound: 0, plain: 0, exact: 0 };
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
      seen[guard.plain ? 'plain' : 'exact']++;
      return true;
    }),
    { numRuns },
  );
  for (const [fate, count] of Object.entries(seen)) t.ok(count > numRuns / 50, `${fate} ${count}`);
});

t.test('a plain value is read alike by the library and by the exact reader', async (t) => {
  let compared = 0;
  fc.assert(
    fc.property(hostileBody, (bytes) => {
      const guard = skimmed(bytes);
      if (isDrop(guard) || !guard.plain) return;
      const exact = readExact(bytes, 0);
      if (isDrop(exact)) return;
      deepStrictEqual(exact, plainLibrary.decode(bytes.subarray(0, guard.end)));
      compared++;
    }),
    { numRuns },
  );
  t.ok(compared > numRuns / 10, `${compared} compared`);
});

t.test(
  'the library decodes what the guard lets through, and little that it does not',
  async (t) => {
    /** The rules that the library does not have. */
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
  },
);

function libraryDecodes(bytes: Uint8Array): boolean {
  try {
    lenient.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
