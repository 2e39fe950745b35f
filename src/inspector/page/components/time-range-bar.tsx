/** Time range bar: chooses a range of time by keys and buttons, as a drag over a plot does. */
import type { VNode } from 'preact';
import { timeRange } from '../live/view-state.js';
import { clockText, durationText } from '../store/format.js';
import type { TimeRange } from '../store/time-range.js';

const LAST_MS = [10_000, 60_000, 300_000];

/** @param props.span the time that there is */
export function TimeRangeBar({ span }: { span: TimeRange }): VNode {
  const { value: range } = timeRange;
  return (
    <div class="bar time-range" role="group" aria-label="Range of time, for all views">
      <div class="segments">
        <button
          type="button"
          class="segment"
          aria-pressed={range === undefined}
          data-testid="range-all"
          onClick={() => (timeRange.value = undefined)}
        >
          All
        </button>
        {LAST_MS.map((lastMs) => (
          <button
            type="button"
            class="segment"
            key={lastMs}
            aria-pressed={false}
            data-testid={`range-last-${lastMs / 1_000}`}
            onClick={() => (timeRange.value = { fromMs: span.toMs - lastMs, toMs: span.toMs })}
          >
            the last {lastMs < 60_000 ? `${lastMs / 1_000} s` : `${lastMs / 60_000} min`}
          </button>
        ))}
      </div>
      {range === undefined ? (
        <span class="muted">or drag over a plot: all views then show that time</span>
      ) : (
        <Chosen range={range} />
      )}
    </div>
  );
}

function Chosen({ range }: { range: TimeRange }): VNode {
  const { fromMs, toMs } = range;
  const move = (by: number) => {
    const byMs = by * (toMs - fromMs);
    timeRange.value = { fromMs: fromMs + byMs, toMs: toMs + byMs };
  };
  return (
    <>
      <button type="button" class="button" data-testid="range-earlier" onClick={() => move(-1)}>
        ← earlier
      </button>
      <span class="num" data-testid="range">
        {clockText(fromMs)} – {clockText(toMs)}, {durationText(toMs - fromMs)}
      </span>
      <button type="button" class="button" data-testid="range-later" onClick={() => move(1)}>
        later →
      </button>
    </>
  );
}
