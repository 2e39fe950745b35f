import type { VNode } from 'preact';
import { comparedSide } from '../live/comparison-state.js';
import { view } from '../live/view-state.js';

/** Says, while the user looks for it, that the next open call is compared with another one. */
export function ComparisonNotice(): VNode | null {
  const compared = comparedSide.value;
  if (compared === undefined || view.value === 'call') return null;
  return (
    <div class="notice" role="status" data-testid="comparing">
      <span>
        Open a call, to see it beside <b class="mono">{compared.transactionId.slice(0, 8)}</b>
      </span>
      <button type="button" class="button" onClick={() => (comparedSide.value = undefined)}>
        Stop comparing
      </button>
    </div>
  );
}
