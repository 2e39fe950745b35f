/** Compare picker: chooses a call to show beside the open one. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { comparedSide } from '../live/comparison-state.js';
import { show } from '../live/view-state.js';
import { keyOf } from '../store/side-key.js';
import { likeSides } from '../store/comparison.js';
import { elapsedOf } from '../store/elapsed.js';
import { clockText, durationText } from '../store/format.js';
import type { Side } from '../store/transaction.js';
import { Name } from './name.js';
import { useSession } from './page-context.js';
import { StateMark } from './state-mark.js';

const MAX_OFFERED = 8;

export function ComparePicker({ side }: { side: Side }): VNode {
  const { store } = useSession();
  /** Looked for once, because they are looked for among all calls. */
  const [offered, setOffered] = useState<readonly Side[]>();
  const toggle = () => {
    const sides = [...store.transactions()].flatMap((transaction) => transaction.sides);
    setOffered(offered === undefined ? likeSides(side, sides, MAX_OFFERED) : undefined);
  };
  const compareWith = (other: Side) => {
    setOffered(undefined);
    comparedSide.value = keyOf(other);
  };
  return (
    <div
      class="compare-picker"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || offered === undefined) return;
        event.stopPropagation();
        setOffered(undefined);
      }}
    >
      <button
        type="button"
        class="button"
        aria-expanded={offered !== undefined}
        data-testid="compare"
        onClick={toggle}
      >
        Compare…
      </button>
      {offered !== undefined && (
        <div class="compare-offers" role="group" aria-label="Calls to compare with">
          {offered.length === 0 && <p class="muted">No other call of this procedure is kept.</p>}
          {offered.map((other) => (
            <Offer key={other.number} side={other} onPick={() => compareWith(other)} />
          ))}
          <button
            type="button"
            class="compare-offer compare-any"
            data-testid="compare-any"
            onClick={() => {
              comparedSide.value = keyOf(side);
              show('calls');
            }}
          >
            another one, from the list of calls
          </button>
        </div>
      )}
    </div>
  );
}

function Offer({ side, onPick }: { side: Side; onPick: () => void }): VNode {
  const { state, kind, record } = side;
  const elapsed = elapsedOf(side);
  return (
    <button type="button" class="compare-offer" data-testid="compare-offer" onClick={onPick}>
      <StateMark state={state} kind={kind} />
      <span class="num">{clockText(record.atMs)}</span>
      <span class="num right">{elapsed === undefined ? '' : durationText(elapsed.ms)}</span>
      <span class="muted cut">
        <Name text={record.peer} />
      </span>
    </button>
  );
}
