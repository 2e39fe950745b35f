import t from 'tap';
import type { Sample } from '../comparison/tally.js';
import type { Row } from './ratios.js';
import { failedLine, linesOf, lowestLine } from './table.js';

const SAMPLE: Sample = {
  callsPerSecond: 1_000,
  clientMicrosPerCall: 10,
  serverMicrosPerCall: 10,
  p50Micros: NaN,
  p99Micros: NaN,
  calls: 100,
  failed: 0,
};

function row(...newSamples: Sample[]): Row {
  return {
    ...{ name: 'rpcudp', inFlight: 64 },
    comparisons: newSamples.map((sample) => ({ old: SAMPLE, new: sample })),
  };
}

const faster = (callsPerSecond: number): Sample => ({ ...SAMPLE, callsPerSecond });

t.test('a row has medians with quartiles, and empty cells for what was not measured', async (t) => {
  const [heading, line] = linesOf([row(...[900, 1_000, 1_100, 1_200, 1_300].map(faster))]);
  t.equal(heading?.length, line?.length);
  const equal = '1.000 (1.000–1.000)';
  t.strictSame(line, ['rpcudp', '64', '1.100 (1.000–1.200)', equal, equal, '']);
});

t.test('the lowest number is reported with its row and column', async (t) => {
  t.equal(
    lowestLine([row(SAMPLE), row(faster(968))]),
    'The lowest is 0.968: rpcudp, 64 in flight, calls/s, new ÷ old.',
  );
});

t.test('failed calls are reported for the build that lost them', async (t) => {
  t.equal(failedLine([row(SAMPLE)]), 'No call failed.');
  t.equal(
    failedLine([row({ ...SAMPLE, failed: 2 }, { ...SAMPLE, failed: 1 })]),
    'Calls that failed: 3 of the new build, rpcudp, 64 in flight.',
  );
});
