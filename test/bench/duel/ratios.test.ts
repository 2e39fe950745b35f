import t from 'tap';
import type { Sample } from '../comparison/tally.js';
import { MEASURES, cellsOf, lowestOf } from './ratios.js';
import type { Row } from './ratios.js';

const SAMPLE: Sample = {
  callsPerSecond: 1_000,
  clientMicrosPerCall: 10,
  serverMicrosPerCall: 10,
  p50Micros: 100,
  p99Micros: 200,
  calls: 100,
  failed: 0,
};

function row(name: string, ...differences: Partial<Sample>[]): Row {
  const comparisons = differences.map((change) => ({ old: SAMPLE, new: { ...SAMPLE, ...change } }));
  return { name, inFlight: 1, comparisons };
}

t.test('a ratio above 1 means in every column that the new build is better', async (t) => {
  const better = row('faster', {
    ...{ callsPerSecond: 2_000, clientMicrosPerCall: 5, serverMicrosPerCall: 5, p50Micros: 50 },
  });
  t.strictSame(
    cellsOf(better).map(({ measure, ratios }) => [measure, ratios]),
    MEASURES.map((measure) => [measure, [2]]),
  );
});

t.test('there is a ratio for each comparison, from its own two sides', async (t) => {
  const [calls] = cellsOf(row('uneven', { callsPerSecond: 500 }, { callsPerSecond: 1_500 }));
  t.strictSame(calls?.ratios, [0.5, 1.5]);
});

t.test('what was not measured is left out', async (t) => {
  const comparisons = [{ old: { ...SAMPLE, p50Micros: NaN }, new: { ...SAMPLE, p50Micros: NaN } }];
  const headings = cellsOf({ name: 'many', inFlight: 64, comparisons }).map(
    ({ measure }) => measure.heading,
  );
  t.equal(headings.length, MEASURES.length - 1);
  t.notOk(headings.some((heading) => heading.startsWith('p50')));
});

t.test('the lowest cell is that with the lowest median, in any row and column', async (t) => {
  const lowest = lowestOf([
    row('equal', {}, {}, {}),
    // Its lowest ratio is lower, but not its median.
    row('restless', { callsPerSecond: 100 }, {}, {}),
    row('slow', {}, { serverMicrosPerCall: 20 }, { serverMicrosPerCall: 20 }),
  ]);
  t.equal(lowest?.row.name, 'slow');
  t.match(lowest?.measure.heading, /^server CPU/);
  t.equal(lowestOf([]), undefined);
});
