/**
 * No map may have a key twice, because readers would differ in which of the two values they take.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { decodeValue } from '../../src/wire/decoder.js';
import { DROP, isDrop } from '../../src/wire/drop.js';
import { explainDatagram } from '../../src/wire/explain.js';
import { identityOf } from '../../src/wire/key-identity.js';
import { hostileKey } from '../fixtures/hostile-bytes.js';
import { DIFFERENT_KEYS, EQUAL_KEYS } from '../fixtures/hostile-keys.js';
import { isSameKey, readByReference } from './reference.js';
import { datagramOf } from '../fixtures/msgpack-values.js';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** Whether two keys are the same, each once as a map's first key and once as its last. */
function areOneKey(first: string, second: string): boolean {
  const bodies = [`82 ${first} 01 ${second} 02`, `82 ${second} 01 ${first} 02`];
  const drops = bodies.map((body) => {
    const decoded = decodeValue(bytesOf(body), 0);
    return isDrop(decoded) ? decoded.reason : 'none';
  });
  if (drops[0] !== drops[1]) throw new Error(`the order matters: ${drops.join(', ')}`);
  return drops[0] === 'duplicateKey';
}

t.test('equal keys are the same key, in whatever form they are written', async (t) => {
  for (const [what, first, second] of EQUAL_KEYS) t.ok(areOneKey(first, second), what);
});

t.test(
  'keys of different types are different, and so are different keys of one type',
  async (t) => {
    for (const [what, first, second] of DIFFERENT_KEYS) t.notOk(areOneKey(first, second), what);
  },
);

t.test('a map is checked wherever it is', async (t) => {
  const pair = '82a16101a16102';
  const drops = [
    pair,
    `92 a161 92 01 ${pair}`,
    `81a161 81a162 ${pair}`,
    `92 ${pair} c400`,
    `81 ${pair} 01`,
    `8101 82 02 01 02 02`,
    `82 a161 01 a162 ${pair}`,
    '83 a161 01 a162 02 a161 03',
    '84 a161 01 a161 02 05 06 a163 07', // twice before the key that makes it a Map
    '83 05 01 a161 02 a161 03', // and twice after
    '82 81a16101 c0 81a16101 c0',
    '81 9182c0c0c0c0 01', // within a key
  ];
  for (const body of drops) t.equal(decodeValue(bytesOf(body), 0), DROP.duplicateKey, body);
  const sound = ['92 81a16101 81a16102', '81a161 81a161 01', '82 a161 81a16201 a162 81a16202'];
  for (const body of sound) t.notOk(isDrop(decodeValue(bytesOf(body), 0)), body);
  // What follows the value does not belong to it.
  t.notOk(isDrop(decodeValue(bytesOf(`81a16101 ${pair}`), 0)));
});

t.test('an explanation names a duplicate key', async (t) => {
  const [last] = explainDatagram(datagramOf(0, '92a16191 82a16101a16102')).slice(-1);
  t.match(last, { label: 'fault', detail: /^dropped as duplicateKey: / });
});

t.test('two keys share an identity exactly when a second decoder finds them equal', async (t) => {
  let same = 0;
  fc.assert(
    fc.property(hostileKey, hostileKey, (first, second) => {
      const [a, b] = [readByReference(first), readByReference(second)];
      if (a.fault !== undefined || b.fault !== undefined) return;
      const expected = isSameKey(a.value, b.value);
      if (expected) same++;
      deepStrictEqual(identityOf(a.value) === identityOf(b.value), expected);
    }),
    { numRuns: 20_000 },
  );
  t.ok(same > 200, `${same} pairs were the same`);
});

t.test('thousands of different keys take linear time (H44, H45)', async (t) => {
  const text = (count: number) =>
    encode(
      Object.fromEntries(Array.from({ length: count }, (_, index) => [index.toString(36), 1])),
    );
  const binary = (count: number) => {
    const entries = Array.from({ length: count }, (_, index) => [
      0xc4,
      2,
      index >> 8,
      index & 0xff,
      1,
    ]);
    return Buffer.from([0xde, count >> 8, count & 0xff, ...entries.flat()]);
  };
  for (const [what, body] of Object.entries({ text, binary })) {
    const [few, many] = [1_000, 40_000].map((count) => {
      const bytes = Buffer.from(body(count));
      return Math.min(...Array.from({ length: 9 }, () => cpuMs(() => decodeValue(bytes, 0))));
    }) as [number, number];
    // With 40 times as many keys, it would take 1,600 times as long if each key were compared with
    // each.
    t.ok(
      many < few * 300,
      `${what}: 1,000 keys ${few.toFixed(2)} ms, 40,000 keys ${many.toFixed(2)} ms`,
    );
  }
});

/** CPU time, because elapsed time also counts while others have the processor. */
function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  if (isDrop(run())) throw new Error('it was dropped');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
