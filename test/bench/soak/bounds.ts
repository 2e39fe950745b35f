/** Bounds: what is promised of a soak, and what was measured of it. */
import { ascending, quantile } from '../comparison/statistics.js';
import type { HonestSample, MeasuredSample } from './samples.js';

/** A part of the run. `measured` is taken at its end. */
export interface Slice {
  /** When it ended, from the first datagram of a stranger. */
  readonly endMs: number;
  readonly measured: MeasuredSample;
  readonly honest: HonestSample;
}

export interface SoakRun {
  /** How many datagrams strangers were told to send each second. */
  readonly datagramsPerSecond: number;
  /** The honest clients before any stranger came. */
  readonly quiet: HonestSample;
  /** In order. There is at least one. */
  readonly slices: readonly Slice[];
}

/** A number that was measured, and the least or the most that it may be. */
export interface Bound {
  readonly what: string;
  readonly measured: number;
  readonly least?: number;
  readonly most?: number;
}

/** Then everything that is bounded is full. In a shorter run it is after a third. */
const REFERENCE_MS = 5 * 60_000;
const ADDRESSES_IN_A_WHOLE_RUN = 5_000_000;
const WHOLE_RUN_MS = 15 * 60_000;

export function boundsOf({ datagramsPerSecond, quiet, slices }: SoakRun): Bound[] {
  const last = slices.at(-1) as Slice;
  const { measured, endMs } = last;
  const reference = referenceOf(slices).measured;
  const honest = slices.map((slice) => slice.honest);
  const perSecond = measured.strangerDatagrams / (endMs / 1_000);
  const least = (ADDRESSES_IN_A_WHOLE_RUN * endMs) / WHOLE_RUN_MS;
  return [
    {
      what: 'heap at the end ÷ heap at minute five',
      measured: measured.heapBytes / reference.heapBytes,
      most: 1.02,
    },
    {
      what: 'RSS at the end ÷ RSS at minute five',
      measured: measured.rssBytes / reference.rssBytes,
      most: 1.05,
    },
    { what: 'honest calls that were resolved', measured: resolvedShare(honest), least: 0.99 },
    {
      what: 'honest p50 ÷ that without strangers',
      measured: p50Of(honest) / p50Of([quiet]),
      most: 3,
    },
    { what: 'addresses of strangers', measured: measured.addresses, least },
    {
      what: 'datagrams of strangers that arrived, a second',
      measured: perSecond,
      least: 0.95 * datagramsPerSecond,
    },
  ];
}

/** Whether a bound is kept. What is no number keeps none. */
export function isKept({ measured, least = -Infinity, most = Infinity }: Bound): boolean {
  return measured >= least && measured <= most;
}

/** The median time of an echo, in milliseconds; NaN if there was none. */
export function p50Of(honest: readonly HonestSample[]): number {
  return quantileOf(honest, 0.5);
}

export function quantileOf(honest: readonly HonestSample[], share: number): number {
  return quantile(ascending(honest.flatMap(({ latenciesMs }) => latenciesMs)), share);
}

export function resolvedShare(honest: readonly HonestSample[]): number {
  const resolved = honest.reduce((sum, sample) => sum + sample.resolved, 0);
  const failed = Object.values(unresolvedOf(honest)).reduce((sum, count) => sum + count, 0);
  return resolved / (resolved + failed);
}

/** How many honest calls were not resolved, by how they ended. */
export function unresolvedOf(honest: readonly HonestSample[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { unresolved } of honest) {
    for (const [how, count] of Object.entries(unresolved)) counts[how] = (counts[how] ?? 0) + count;
  }
  return counts;
}

/** The slice with which the end is compared. */
function referenceOf(slices: readonly Slice[]): Slice {
  const last = slices.at(-1) as Slice;
  const atMs = Math.min(REFERENCE_MS, last.endMs / 3);
  return slices.find(({ endMs }) => endMs >= atMs) ?? last;
}
