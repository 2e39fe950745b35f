/** Histograms of durations, also where the runtime has none. */
import t from 'tap';
import { histogramMaker } from '../../src/time/histogram.js';

t.test('it tells durations to 1 %, from a microsecond to an hour', async (t) => {
  const histogram = histogramMaker()!();
  for (let ms = 1; ms <= 1_000; ms += 1) histogram.record(ms);
  const near = (found: number, wanted: number, what: string) =>
    t.ok(Math.abs(found / wanted - 1) <= 0.01, `${what} is ${found}, and not ${wanted}`);
  t.equal(histogram.count, 1_000);
  near(histogram.minMs, 1, 'the least');
  near(histogram.meanMs, 500.5, 'the mean');
  near(histogram.maxMs, 1_000, 'the most');
  near(histogram.percentileMs(50), 500, 'the median');
  near(histogram.percentileMs(99.9), 999, 'the 99.9th percentile');
  for (const ms of [0, -1, 1e-9, 1e12]) histogram.record(ms);
  t.equal(histogram.count, 1_004, 'nothing is out of bounds');
  near(histogram.minMs, 0.001, 'the least');
  near(histogram.maxMs, 3_600_000, 'the most');
});

t.test('a runtime may have none, or one that throws', async (t) => {
  const failing = (): never => {
    throw new Error('not implemented');
  };
  t.equal(histogramMaker({ createHistogram: failing }), undefined);
  t.equal(histogramMaker({}), undefined);
});
