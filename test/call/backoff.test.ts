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
  t.equal(nextGapMs(1_250, 1_000, 60_000), 2_500);
  t.equal(nextGapMs(300, 1_000, 60_000), 1_000, 'the round trips turned out to be long');
  t.equal(nextGapMs(5_000, 1_000, 60_000), 8_000);
  t.equal(nextGapMs(8_000, 8_000, 60_000), 8_000);
});

t.test('gaps stop growing at a quarter of the time-out, and never shrink', async (t) => {
  t.equal(nextGapMs(400, 200, 5_000), 800);
  t.equal(nextGapMs(800, 200, 5_000), 1_250);
  t.equal(nextGapMs(1_250, 200, 5_000), 1_250);
  t.equal(nextGapMs(1_500, 200, 5_000), 1_500, 'a longer one stays as it is');
  t.equal(nextGapMs(800, 2_000, 5_000), 2_000, 'the RTO takes precedence');
  t.equal(nextGapMs(7_000, 200, 2 ** 31 - 1), 8_000);
});

const unit = fc.double({ min: 0, max: 1, noNaN: true });

t.test('gaps are never under the RTO and grow to a quarter of the time-out or 8 s', async () => {
  const rto = fc.integer({ min: 200, max: 8_000 });
  const timeout = fc.integer({ min: 1, max: 120_000 });
  fc.assert(
    fc.property(rto, timeout, unit, (rtoMs, timeoutMs, drawn) => {
      const first = firstGapMs(rtoMs, drawing(drawn));
      const gaps = [first];
      for (let count = 0; count < 6; count++) {
        gaps.push(nextGapMs(gaps.at(-1) ?? 0, rtoMs, timeoutMs));
      }
      return (
        gaps.every((gapMs) => gapMs >= rtoMs && gapMs <= 8_000) &&
        gaps.every((gapMs, index) => index === 0 || gapMs >= (gaps[index - 1] ?? 0)) &&
        gaps.at(-1) === Math.min(Math.max(first, timeoutMs / 4), 8_000)
      );
    }),
  );
});

t.test('an outage of half of the time-out ends before the last transmission', async () => {
  const timeout = fc.integer({ min: 2_000, max: 20_000 });
  fc.assert(
    fc.property(timeout, unit, unit, (timeoutMs, drawn, share) => {
      const rtoMs = 200 + share * (timeoutMs / 4 - 200);
      let gapMs = firstGapMs(rtoMs, drawing(drawn));
      let lastMs = 0;
      while (lastMs + gapMs < timeoutMs) {
        lastMs += gapMs;
        gapMs = nextGapMs(gapMs, rtoMs, timeoutMs);
      }
      return lastMs >= timeoutMs / 2;
    }),
  );
});
