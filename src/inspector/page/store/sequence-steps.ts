/** Sequence steps: to which arrow a key moves the focus. */
import type { Arrow } from './arrows.js';
import { framesOf } from './sequence-words.js';

const PAGE = 10;

/**
 * The index of the arrow that the keyboard's key leads to: up and down to the one before and after,
 * left and right to that of the same transaction. Undefined: the key does not move, or there is
 * none.
 */
export function stepTo(arrows: readonly Arrow[], at: number, key: string): number | undefined {
  const last = arrows.length - 1;
  const within = (index: number) => (last < 0 ? undefined : Math.max(0, Math.min(last, index)));
  switch (key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return within(at - 1);
    case 'PageDown':
      return within(at + PAGE);
    case 'PageUp':
      return within(at - PAGE);
    case 'Home':
      return within(0);
    case 'End':
      return within(last);
    case 'ArrowRight':
      return sameTransaction(arrows, at, 1);
    case 'ArrowLeft':
      return sameTransaction(arrows, at, -1);
    default:
      return undefined;
  }
}

function sameTransaction(arrows: readonly Arrow[], at: number, by: 1 | -1): number | undefined {
  const transaction = transactionOf(arrows[at]);
  if (transaction === undefined) return undefined;
  for (let index = at + by; index >= 0 && index < arrows.length; index += by) {
    if (transactionOf(arrows[index]) === transaction) return index;
  }
  return undefined;
}

function transactionOf(arrow: Arrow | undefined): unknown {
  return arrow === undefined ? undefined : framesOf(arrow)[0]?.transaction;
}
