/** Sequence lane choice: which lanes the sequence picture has. */
import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
import { countOf } from '../store/format.js';
import { MAX_CHOSEN_LANES } from '../store/sequence.js';
import type { Lane } from '../store/sequence-lanes.js';
import { useSession } from './page-context.js';
import { Popover } from './popover.js';

interface LaneChoiceProps {
  /** The chosen lanes; undefined: the busiest ones. */
  readonly chosen: Signal<ReadonlySet<string> | undefined>;
  /** Those in the picture. */
  readonly shown: readonly string[];
  /** Asked when the choice is open. */
  readonly all: () => readonly Lane[];
}

export function LaneChoice({ chosen, shown, all }: LaneChoiceProps): VNode {
  const label = chosen.value === undefined ? 'Busiest lanes' : countOf(chosen.value.size, 'lane');
  return (
    <Popover label={label} title="Lanes to show" testId="sequence-lanes">
      {() => <Choices chosen={chosen} shown={shown} lanes={all()} />}
    </Popover>
  );
}

function Choices(props: {
  chosen: LaneChoiceProps['chosen'];
  shown: readonly string[];
  lanes: readonly Lane[];
}): VNode {
  const { chosen, shown, lanes } = props;
  const { endpoints } = useSession().store;
  const ticked = chosen.value ?? new Set(shown);
  const toggle = (lane: string) => {
    const next = new Set(ticked);
    if (!next.delete(lane)) next.add(lane);
    chosen.value = next;
  };
  return (
    <div class="picker">
      <div class="picker-line">
        <span class="muted">Frames between the ticked ones are drawn.</span>
        <button
          type="button"
          class="link"
          data-testid="sequence-lanes-busiest"
          disabled={chosen.value === undefined}
          onClick={() => (chosen.value = undefined)}
        >
          the busiest
        </button>
      </div>
      <ul class="picker-list">
        {lanes.map(({ lane, frames }) => {
          const endpoint = endpoints.get(lane);
          const address = endpoint?.record.address ?? 'peer';
          const name = endpoint?.name ?? lane.replace(/^peer /, '');
          const isFull = ticked.size >= MAX_CHOSEN_LANES && !ticked.has(lane);
          return (
            <li key={lane}>
              <label class="check picker-choice">
                <input
                  type="checkbox"
                  checked={ticked.has(lane)}
                  disabled={isFull}
                  data-testid="sequence-lane-choice"
                  data-lane={lane}
                  onChange={() => toggle(lane)}
                />
                <span />
                <span class="cut picker-name">{name}</span>
                <span class="muted num cut">{name === address ? '' : address}</span>
                <span class="muted num right">{countOf(frames, 'frame')}</span>
              </label>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
