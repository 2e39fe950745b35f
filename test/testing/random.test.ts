import t from 'tap';
import { SeededRandom } from '../../src/testing/random.js';

const draw = (random: SeededRandom, count = 100) =>
  Array.from({ length: count }, () => random.unit());

t.test('the same seed gives the same numbers, in every version of the package', async (t) => {
  t.strictSame(draw(new SeededRandom(1)), draw(new SeededRandom(1)));
  t.notSame(draw(new SeededRandom(1)), draw(new SeededRandom(2)));
  const bytes = new Uint8Array(8);
  new SeededRandom(42).fillBytes(bytes);
  t.strictSame(
    [...bytes],
    [237, 199, 38, 248, 237, 203, 212, 195],
    'a reported seed can be replayed',
  );
});

t.test('a fork depends on its label, not on what was drawn', async (t) => {
  const random = new SeededRandom(1);
  const before = draw(random.fork('network'));
  draw(random);
  t.strictSame(draw(random.fork('network')), before);
  t.notSame(draw(random.fork('workload')), before);
  t.notSame(draw(random.fork('network').fork('network')), before);
  t.notSame(draw(new SeededRandom(2).fork('network')), before);
  t.notSame(draw(new SeededRandom(1)), before);
});

t.test('numbers are distributed evenly over [0, 1)', async (t) => {
  for (const random of [new SeededRandom(0), new SeededRandom(-1), new SeededRandom(0).fork('x')]) {
    const numbers = draw(random, 100_000);
    const buckets = new Array<number>(16).fill(0);
    for (const number of numbers) buckets[Math.floor(number * 16)]! += 1;
    t.ok(numbers.every((number) => number >= 0 && number < 1));
    // Chi-squared with 15 degrees of freedom exceeds 44.3 once in 10,000.
    const expected = numbers.length / 16;
    const chi = buckets.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    t.ok(chi < 44.3, `chi-squared is ${chi}`);
  }
});
