/** Duration shape: how the times of a procedure are distributed, as bars over a logarithmic scale. */
import type { VNode } from 'preact';
import type { Durations } from '../store/durations.js';
import { SHAPE_DECADES_MS } from '../store/durations.js';
import { durationText } from '../store/format.js';

const WIDTH = 180;
const HEIGHT = 26;
const DECADES = SHAPE_DECADES_MS.length - 1;

export function DurationShape({ durations }: { durations: Durations }): VNode {
  const bars = durations.shape();
  const most = Math.max(1, ...bars);
  const step = WIDTH / bars.length;
  const half = durationText(durations.quantile(0.5) ?? NaN);
  const nearlyAll = durationText(durations.quantile(0.95) ?? NaN);
  return (
    <svg
      class="shape"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Half within ${half}, 95 % within ${nearlyAll}`}
    >
      {SHAPE_DECADES_MS.slice(1, -1).map((ms, index) => (
        <path key={ms} class="shape-decade" d={`M${((index + 1) * WIDTH) / DECADES} 0V${HEIGHT}`} />
      ))}
      {bars.map((count, index) =>
        count === 0 ? null : (
          <rect
            key={index}
            class="shape-bar"
            x={index * step}
            width={step - 1}
            y={HEIGHT - barHeight(count, most)}
            height={barHeight(count, most)}
          />
        ),
      )}
    </svg>
  );
}

/** Where every second of its decades begins, to stand above a column of shapes. */
export function DurationScale(): VNode {
  return (
    <span class="shape-scale" aria-hidden="true">
      {SHAPE_DECADES_MS.map((ms, index) =>
        index % 2 === 0 ? null : (
          <i key={ms} style={{ left: `${(100 * index) / DECADES}%` }}>
            {ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1_000)} s`}
          </i>
        ),
      )}
    </span>
  );
}

/** A single call among thousands can be seen as well. */
function barHeight(count: number, most: number): number {
  return Math.max(2, (HEIGHT * count) / most);
}
