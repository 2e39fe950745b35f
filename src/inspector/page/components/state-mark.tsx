/** State mark: a state as a mark and a word. */
import type { VNode } from 'preact';
import type { Mark } from '../store/state-words.js';
import { stateWords } from '../store/state-words.js';

export function StateMark({
  state,
  kind,
  bare = false,
}: {
  state: string;
  kind?: string;
  bare?: boolean;
}): VNode {
  const { mark, word, tone, outcome } = stateWords(state, kind);
  const words = outcome === undefined ? word : `${outcome} · ${word}`;
  return (
    <span class={`state tone-${tone}`} title={bare || outcome !== undefined ? words : undefined}>
      <MarkShape mark={mark} />
      <span class={bare ? 'hidden' : 'state-word'}>{words}</span>
    </span>
  );
}

export function MarkShape({ mark }: { mark: Mark }): VNode {
  return (
    <svg class="mark" viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
      {shapeOf(mark)}
    </svg>
  );
}

function shapeOf(mark: Mark): VNode {
  const ring = (
    <circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" stroke-width="1.5" />
  );
  switch (mark) {
    case 'dotted':
      return (
        <circle
          cx="7"
          cy="7"
          r="5.2"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-dasharray="2 2.08"
        />
      );
    case 'full':
      return <circle cx="7" cy="7" r="5.9" fill="currentColor" />;
    case 'ring':
      return ring;
    case 'quarter':
      return withRing(ring, 'M7 7V3.4A3.6 3.6 0 0 1 10.6 7Z', true);
    case 'half':
      return withRing(ring, 'M7 3.4a3.6 3.6 0 0 1 0 7.2Z', true);
    case 'halfLow':
      return withRing(ring, 'M3.4 7a3.6 3.6 0 0 0 7.2 0Z', true);
    case 'cross':
      return <path d="M3 3l8 8M11 3l-8 8" stroke="currentColor" stroke-width="2.2" />;
    case 'clock':
      return withRing(ring, 'M7 3.8V7l2.3 1.6', false);
    case 'clockCheck':
      return withRing(ring, 'M4.4 7.2l1.9 1.9 3.4-3.9', false);
    case 'slash':
      return withRing(ring, 'M3.4 3.4l7.2 7.2', false);
    case 'minus':
      return withRing(ring, 'M4.4 7h5.2', false);
    case 'bar':
      return withRing(ring, 'M4.6 5.6h4.8M4.6 8.4h4.8', false);
  }
}

function withRing(ring: VNode, d: string, filled: boolean): VNode {
  return (
    <g>
      {ring}
      {filled ? (
        <path d={d} fill="currentColor" />
      ) : (
        <path d={d} fill="none" stroke="currentColor" stroke-width="1.5" />
      )}
    </g>
  );
}
