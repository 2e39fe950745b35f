/** Overview plots: what the plots of an overview show, as columns of numbers. */
import type { OutcomeCounts } from '../../../api/call-state.js';
import { OUTCOME_STATES } from '../../../api/call-state.js';
import { durationText, rateText } from './format.js';
import type { Bin, Bins } from './overview-bins.js';
import { isFailure } from './settled.js';

/** How a line looks, so that lines are told apart without colour as well. */
interface LineLook {
  readonly label: string;
  /** A custom property of the theme. */
  readonly colour: '--accent' | '--bad' | '--text' | '--muted';
  /** The lengths of strokes and gaps, in pixels. Empty: a whole line. */
  readonly dash: readonly number[];
}

export interface PlotTable {
  readonly name: 'rates' | 'failures' | 'times';
  readonly title: string;
  readonly looks: readonly LineLook[];
  readonly text: (value: number) => string;
  /** A line of values for each look, as long as the bins; null where there is nothing. */
  readonly lines: readonly (readonly (number | null)[])[];
}

const TIMES = [
  { share: 0.5, label: 'p50', colour: '--accent', dash: [] },
  { share: 0.95, label: 'p95', colour: '--text', dash: [6, 3] },
  { share: 0.99, label: 'p99', colour: '--muted', dash: [2, 3] },
] as const satisfies readonly (LineLook & { readonly share: number })[];

/** The times at which the bins begin, in Unix seconds. */
export function beginsOf({ all }: Bins): number[] {
  return all.map(({ fromMs }) => fromMs / 1_000);
}

export function plotsOf({ all, widthMs }: Bins): readonly PlotTable[] {
  const perSecond = (count: number) => (count * 1_000) / widthMs;
  const overBins = (valueOf: (bin: Bin) => number | null) => all.map(valueOf);
  return [
    {
      name: 'rates',
      title: 'Calls that ended, a second',
      looks: [
        { label: 'all', colour: '--accent', dash: [] },
        { label: 'failed', colour: '--bad', dash: [6, 3] },
      ],
      text: (value) => rateText(value),
      lines: [
        overBins(({ outcomes }) => perSecond(endedOf(outcomes))),
        overBins(({ outcomes }) => perSecond(failedOf(outcomes))),
      ],
    },
    {
      name: 'failures',
      title: 'Share of them that failed',
      looks: [{ label: 'failed', colour: '--bad', dash: [] }],
      text: (value) => `${value.toFixed(value > 0 && value < 9.95 ? 1 : 0)} %`,
      lines: [overBins(({ outcomes }) => failedPercent(outcomes))],
    },
    {
      name: 'times',
      title: 'Time to an answer',
      looks: TIMES,
      text: durationText,
      lines: TIMES.map(({ share }) =>
        overBins(({ durations }) => durations.quantile(share) ?? null),
      ),
    },
  ];
}

export function endedOf(outcomes: OutcomeCounts): number {
  return OUTCOME_STATES.reduce((sum, state) => sum + outcomes[state], 0);
}

export function failedOf(outcomes: OutcomeCounts): number {
  return OUTCOME_STATES.filter(isFailure).reduce((sum, state) => sum + outcomes[state], 0);
}

function failedPercent(outcomes: OutcomeCounts): number | null {
  const ended = endedOf(outcomes);
  return ended === 0 ? null : (100 * failedOf(outcomes)) / ended;
}
