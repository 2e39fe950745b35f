/** Duration families: the metrics that are histograms of how long calls and requests took. */
import { BOUNDS_SECONDS } from './durations.js';
import type { Distribution, DurationTable, Durations } from './durations.js';
import type { FamilyRow, Sample } from './metric-family.js';

const MS_PER_SECOND = 1_000;

interface DurationRow extends FamilyRow {
  /** What tells how it ended. */
  readonly label: string;
  readonly tableOf: (durations: Durations) => DurationTable;
}

export const DURATION_FAMILIES: readonly DurationRow[] = [
  {
    name: 'rpcudp_call_duration_seconds',
    help: 'From the making of a call to its outcome.',
    type: 'histogram',
    label: 'outcome',
    tableOf: ({ calls }) => calls,
  },
  {
    name: 'rpcudp_request_duration_seconds',
    help: 'From the arrival of a request to the end of its procedure.',
    type: 'histogram',
    label: 'ending',
    tableOf: ({ requests }) => requests,
  },
];

/** The series of an endpoint: cumulative, as Prometheus wants them. */
export function samplesOf(row: DurationRow, endpoint: string, durations: Durations): Sample[] {
  const samples: Sample[] = [];
  for (const [procedure, byWord] of row.tableOf(durations)) {
    for (const [word, distribution] of byWord) {
      const labels = { endpoint, procedure, [row.label]: word };
      samples.push(...seriesOf(row.name, labels, distribution));
    }
  }
  return samples;
}

function seriesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  { inClass, count, sumMs }: Distribution,
): Sample[] {
  let soFar = 0;
  const bucket = (le: string, value: number): Sample => ({
    ...{ metricName: `${name}_bucket`, labels: { le, ...labels }, value },
  });
  return [
    ...BOUNDS_SECONDS.map((bound, index) => bucket(String(bound), (soFar += inClass[index] ?? 0))),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sumMs / MS_PER_SECOND },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
