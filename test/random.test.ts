import t from 'tap';
import { systemRandom } from '../src/random.js';

t.test('it fills all bytes that it is given, and no others', async (t) => {
  const bytes = new Uint8Array(4_096);
  systemRandom.fillBytes(bytes.subarray(1_024, 3_072));
  t.ok(bytes.subarray(0, 1_024).every((byte) => byte === 0));
  t.ok(bytes.subarray(3_072).every((byte) => byte === 0));
  // With 256 values, 2,048 random bytes leave one out once in twelve times, but never 56.
  t.ok(new Set(bytes.subarray(1_024, 3_072)).size > 200);
});

t.test('a unit number is from 0 to below 1', async (t) => {
  const numbers = Array.from({ length: 1_000 }, () => systemRandom.unit());
  t.ok(numbers.every((number) => number >= 0 && number < 1));
  t.ok(new Set(numbers).size > 990);
});
