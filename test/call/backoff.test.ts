import fc from 'fast-check';
import t from 'tap';
import { firstGapMs, nextGapMs } from '../../src/call/backoff.js';
import { SeededRandom } from '../../src/testing/random.js';

const drawing = (unit: number) => ({ unit: () => unit, fillBytes: () => undefined });

t.test('the first gap is the RTO, stretched by up to a half', async (t) => {
  t.equal(firstGapMs(1_000, drawing(0)), 1_000);
  t.equal(firstGapMs(1_000, drawing(0.5)), 1_250);
  t.equal(firstGapMs(200, drawing(1)), 300);
  t.equal(firstGapMs(8_000, drawing(1)), 8_000, 'never over 8 s');
  const random = new SeededRandom(1);
  const drawn = new Set(Array.from({ length: 100 }, () => firstGapMs(1_000, random)));
  t.ok(drawn.size > 90, 'callers do not fall into step');
});

t.test('each further gap is twice the last one, at least the RTO, and at most 8 s', async (t) => {
  t.equal(nextGapMs(1_250, 1_000), 2_500);
  t.equal(nextGapMs(300, 1_000), 1_000, 'the round trips turned out to be long');
  t.equal(nextGapMs(5_000, 1_000), 8_000);
  t.equal(nextGapMs(8_000, 8_000), 8_000);
});

t.test('gaps are never under the RTO and grow to 8 s', async () => {
  const rto = fc.integer({ min: 200, max: 8_000 });
  fc.assert(
    fc.property(rto, fc.double({ min: 0, max: 1, noNaN: true }), (rtoMs, unit) => {
      const gaps = [firstGapMs(rtoMs, drawing(unit))];
      for (let count = 0; count < 6; count++) gaps.push(nextGapMs(gaps.at(-1) ?? 0, rtoMs));
      return (
        gaps.every((gapMs) => gapMs >= rtoMs && gapMs <= 8_000) &&
        gaps.every((gapMs, index) => index === 0 || gapMs >= (gaps[index - 1] ?? 0)) &&
        gaps.at(-1) === 8_000
      );
    }),
  );
});
