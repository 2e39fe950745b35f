/** Sequence axis: whether the picture has a row for each moment, or is to scale. */
import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { durationText } from '../store/format.js';
import { nextScale } from '../store/sequence-time-layout.js';

interface AxisProps {
  /** The height of a millisecond in pixels; undefined: a row for each moment. */
  readonly scale: Signal<number | undefined>;
  /** The scale to begin with. */
  readonly fitting: () => number;
}

/** The height of the bar that shows the scale. */
const BAR_PX = 20;

export function SequenceAxis({ scale, fitting }: AxisProps): VNode {
  const { value } = scale;
  const larger = value === undefined ? undefined : nextScale(value, 1);
  const smaller = value === undefined ? undefined : nextScale(value, -1);
  return (
    <>
      <div class="segments" role="group" aria-label="Time axis">
        <button
          type="button"
          class="segment"
          aria-pressed={value === undefined}
          data-testid="axis-rows"
          title="Each moment has a row of its own"
          onClick={() => (scale.value = undefined)}
        >
          Rows
        </button>
        <button
          type="button"
          class="segment"
          aria-pressed={value !== undefined}
          data-testid="axis-time"
          title="Each millisecond has the same height; long silences are cut"
          onClick={() => (scale.value ??= fitting())}
        >
          To scale
        </button>
      </div>
      {value !== undefined && (
        <span class="axis-scale">
          <button
            type="button"
            class="button"
            aria-label="Less height for the same time"
            data-testid="axis-smaller"
            disabled={smaller === undefined}
            onClick={() => (scale.value = smaller)}
          >
            −
          </button>
          <span class="num axis-bar" data-testid="axis-scale" data-scale={value}>
            <i style={{ height: `${BAR_PX}px` }} aria-hidden="true" />{' '}
            {durationText(BAR_PX / value)}
          </span>
          <button
            type="button"
            class="button"
            aria-label="More height for the same time"
            data-testid="axis-larger"
            disabled={larger === undefined}
            onClick={() => (scale.value = larger)}
          >
            +
          </button>
        </span>
      )}
    </>
  );
}
