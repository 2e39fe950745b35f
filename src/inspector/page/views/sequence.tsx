/** Sequence view: which endpoint sent what to which peer, and what happened to it on the way. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icon.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { SequenceLegend } from '../components/sequence-legend.js';
import { LaneHeads, SequencePicture } from '../components/sequence-picture.js';
import { useSize } from '../components/use-size.js';
import { sequenceOf as chosen } from '../live/view-state.js';
import { countOf, countText } from '../store/format.js';
import { sequenceOf } from '../store/sequence.js';
import { layOut } from '../store/sequence-layout.js';
import type { InspectionStore } from '../store/inspection-store.js';
import type { Frame } from '../store/transaction.js';

/** The picture shows this many of the latest frames. */
const MAX_FRAMES = 300;
/** If the end of the picture is at most this far away, the picture follows new frames. */
const END_PX = 40;

/** The newest frame of the picture while the picture does not follow. */
const heldAt = signal<{ readonly number: number; readonly store: InspectionStore } | undefined>(
  undefined,
);

export function SequenceView(): VNode {
  const session = useLiveSession();
  const { store } = session;
  const transaction = chosen.value === undefined ? undefined : store.transaction(chosen.value);
  const recent = store.recentFrames();
  const held = heldAt.value?.store === store ? heldAt.value.number : undefined;
  const upTo = held === undefined ? recent : recent.filter(({ number }) => number <= held);
  const frames = transaction?.frames ?? upTo.slice(-MAX_FRAMES);
  const newer = transaction === undefined ? recent.length - upTo.length : 0;
  return (
    <section class="sequence" aria-label="Sequence">
      <div class="bar">
        {chosen.value === undefined ? (
          <span>
            The latest <b>{countOf(frames.length, 'frame')}</b>
          </span>
        ) : (
          <>
            <button
              type="button"
              class="button"
              data-testid="sequence-all"
              onClick={() => (chosen.value = undefined)}
            >
              <Icon name="back" /> All frames
            </button>
            <span>
              Transaction <b class="mono">{chosen.value.slice(0, 8)}</b>
            </span>
          </>
        )}
        <SequenceLegend />
      </div>
      <Picture frames={frames} follow={held === undefined && transaction === undefined} />
      {newer > 0 && (
        <button
          type="button"
          class="newer newer-below"
          data-testid="sequence-newer"
          onClick={() => (heldAt.value = undefined)}
        >
          <Icon name="down" /> {countText(newer)} newer
        </button>
      )}
    </section>
  );
}

function Picture({ frames, follow }: { frames: readonly Frame[]; follow: boolean }): VNode {
  const session = useSession();
  const { endpoints, aliases } = session.store;
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const [top, setTop] = useState(0);
  const sequence = sequenceOf(frames, { endpoints, aliases, nowMs: session.nowMs() });
  const layout = layOut(sequence.arrows);
  // While the picture follows, its end is visible. Waiting for the scroll event would draw it
  // twice.
  const shownTop = follow ? Math.max(0, layout.height - height) : top;
  const contentWidth = Math.max(width, 120 + sequence.lanes.length * 120);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (follow && current !== null) current.scrollTop = current.scrollHeight;
  });
  const onScroll = ({ currentTarget }: { currentTarget: HTMLDivElement }) => {
    const below = currentTarget.scrollHeight - currentTarget.clientHeight - currentTarget.scrollTop;
    if (follow && below <= END_PX) return;
    setTop(currentTarget.scrollTop);
    if (chosen.value !== undefined) return;
    const newest = frames.at(-1);
    if (below <= END_PX) heldAt.value = undefined;
    else if (follow && newest !== undefined) {
      heldAt.value = { number: newest.number, store: session.store };
    }
  };
  return (
    <div
      class="sequence-scroller"
      ref={scroller}
      tabIndex={0}
      data-testid="sequence"
      aria-label="Sequence, newest at the bottom"
      onScroll={onScroll}
    >
      {sequence.arrows.length === 0 ? (
        <div class="empty">
          <p>No datagrams yet.</p>
        </div>
      ) : (
        <>
          <LaneHeads lanes={sequence.lanes} endpoints={endpoints} width={contentWidth} />
          <SequencePicture
            lanes={sequence.lanes}
            layout={layout}
            endpoints={endpoints}
            width={contentWidth}
            top={shownTop - height / 4}
            bottom={shownTop + height * 1.25}
          />
          {sequence.lanesLeftOut > 0 && (
            <p class="muted sequence-more">
              {countOf(sequence.lanesLeftOut, 'more peer')}, left out of the picture
            </p>
          )}
        </>
      )}
    </div>
  );
}
