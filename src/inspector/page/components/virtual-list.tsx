/** Virtual list: rows of equal height, of which only the visible ones exist. */
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';

export interface VirtualListProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  readonly row: (index: number) => VNode | null;
  /** The index of a row to scroll to when this value changes. */
  readonly reveal: number | undefined;
  readonly onScroll: (top: number) => void;
  readonly scrolledToTop: boolean;
  /** Default: the rows of a table. */
  readonly role?: 'rowgroup' | 'listbox';
  /** In a list box, the id of the row that the keyboard is on. */
  readonly active?: string | undefined;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** -1 if something around the list takes the keys. */
  readonly tabIndex?: number;
}

export function VirtualList(props: VirtualListProps): VNode {
  const { count, rowHeight, row, reveal, onScroll, scrolledToTop } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer<number, undefined>((drawn) => drawn + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: 3,
    onChange: () => redraw(undefined),
  };
  const kept = useRef<Virtualizer<HTMLDivElement, Element>>(undefined);
  kept.current ??= new Virtualizer<HTMLDivElement, Element>(options);
  const virtualizer = kept.current;
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  useEffect(() => {
    if (reveal !== undefined && reveal >= 0) virtualizer.scrollToIndex(reveal);
  }, [virtualizer, reveal]);
  useEffect(() => {
    if (scrolledToTop && scroller.current !== null) scroller.current.scrollTop = 0;
  }, [scrolledToTop]);
  const items = virtualizer.getVirtualItems();
  const start = items[0]?.start ?? 0;
  return (
    <div
      class="scroller"
      ref={scroller}
      role={props.role ?? 'rowgroup'}
      tabIndex={props.tabIndex ?? 0}
      aria-label={props.label}
      aria-activedescendant={props.active}
      onKeyDown={props.onKeyDown}
      onScroll={({ currentTarget }) => onScroll(currentTarget.scrollTop)}
    >
      <div class="virtual" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        <div style={{ transform: `translateY(${start}px)` }}>
          {
            // The rows have no keys, so that a row that leaves gives its elements to a row that
            // comes.
            items.map(({ index }) => row(index))
          }
        </div>
      </div>
    </div>
  );
}
