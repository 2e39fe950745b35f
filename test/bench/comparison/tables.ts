/** Tables in Markdown, aligned for a terminal. */
import type { Entry } from './lineup.js';
import type { Level, LevelResult } from './match.js';
import { loadPeer } from './peers.js';
import { showSpread } from './statistics.js';
import type { Sample } from './tally.js';

interface MarkdownTable {
  readonly markdownTable: (
    rows: readonly (readonly string[])[],
    options: { readonly align: readonly string[] },
  ) => string;
}

/** The results of a match. */
export interface Report {
  readonly nodeVersion: string;
  /** The yardstick is the first. */
  readonly entries: readonly Entry[];
  readonly results: ReadonlyMap<Level, LevelResult>;
}

interface Column {
  readonly heading: string;
  readonly value: (sample: Sample) => number;
  readonly digits: number;
  /** Whether a column follows with ratios to the yardstick. */
  readonly compared?: true;
}

const COST: readonly Column[] = [
  { heading: 'calls/s', value: (sample) => sample.callsPerSecond, digits: 0, compared: true },
  {
    heading: 'client CPU µs/call',
    value: (sample) => sample.clientMicrosPerCall,
    digits: 2,
    compared: true,
  },
  { heading: 'server CPU µs/call', value: (sample) => sample.serverMicrosPerCall, digits: 2 },
];

const LATENCY: readonly Column[] = [
  { heading: 'p50 µs', value: (sample) => sample.p50Micros, digits: 0, compared: true },
  { heading: 'p99 µs', value: (sample) => sample.p99Micros, digits: 0 },
];

export function tables({ nodeVersion, entries, results }: Report): string {
  const names = entries.map(({ name }) => name);
  const failures = [...results].flatMap(([level, result]) => failed(level, names, result));
  return [
    `## Node ${nodeVersion}`,
    ...[...results].flatMap(([level, result]) => [
      `### ${level} in flight`,
      table(COST, names, result),
      ...(level === 1 ? ['### Latency, 1 in flight', table(LATENCY, names, result)] : []),
    ]),
    failures.length === 0 ? 'No call failed.' : `Calls that failed: ${failures.join('; ')}.`,
  ].join('\n\n');
}

function table(columns: readonly Column[], names: readonly string[], result: LevelResult): string {
  const [yardstick = []] = result;
  const heading = [
    'client',
    ...columns.flatMap(({ heading, compared }) => (compared ? [heading, '× raw'] : [heading])),
  ];
  const rows = result.map((samples, index) => [
    names[index] ?? '',
    ...columns.flatMap((column) => cells(column, samples, yardstick)),
  ]);
  return markdown([heading, ...rows]);
}

/** The heading and the rows. All columns except the first have numbers. */
export function markdown(lines: readonly (readonly string[])[]): string {
  const { markdownTable } = loadPeer('markdown-table') as MarkdownTable;
  return markdownTable(lines, { align: lines[0]?.map((_, at) => (at > 0 ? 'r' : 'l')) ?? [] });
}

/** The ratio is computed round by round, from measurements that are close in time. */
function cells(column: Column, own: readonly Sample[], yardstick: readonly Sample[]): string[] {
  const { value, digits } = column;
  const absolute = showSpread(own.map(value), digits);
  if (!column.compared) return [absolute];
  const ratios = own.map((sample, round) => {
    const raw = yardstick[round];
    return raw === undefined ? NaN : value(sample) / value(raw);
  });
  return [absolute, own === yardstick ? '1' : showSpread(ratios, 2)];
}

function failed(level: Level, names: readonly string[], result: LevelResult): string[] {
  const sum = (samples: readonly Sample[], of: 'calls' | 'failed'): number =>
    samples.reduce((total, sample) => total + sample[of], 0);
  return result.flatMap((samples, index) => {
    const count = sum(samples, 'failed');
    const of = sum(samples, 'calls').toLocaleString('en-US');
    return count === 0 ? [] : [`${names[index]} at ${level} in flight ${count} of ${of}`];
  });
}
