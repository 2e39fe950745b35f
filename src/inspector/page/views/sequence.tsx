/** Sequence view: which endpoint sent what to which peer, and what happened to it on the way. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icon.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { SequenceAxis } from '../components/sequence-axis.js';
import { LaneChoice } from '../components/sequence-lane-choice.js';
import { SequenceLegend } from '../components/sequence-legend.js';
import { LaneHeads, SequencePicture } from '../components/sequence-picture.js';
import { useSize } from '../components/use-size.js';
import type { Session } from '../live/session.js';
import { pickedEndpoints, search, sequenceOf as chosen, timeRange } from '../live/view-state.js';
import type { Surroundings } from '../store/arrows.js';
import { countOf, countText } from '../store/format.js';
import type { InspectionStore } from '../store/inspection-store.js';
import { searchTest } from '../store/search.js';
import type { Sequence } from '../store/sequence.js';
import { sequenceOf } from '../store/sequence.js';
import { framesToDraw } from '../store/sequence-frames.js';
import { lanesOf } from '../store/sequence-lanes.js';
import { layOut } from '../store/sequence-layout.js';
import { fittingScale, layOutByTime } from '../store/sequence-time-layout.js';
import type { Frame } from '../store/transaction.js';

/** Lanes are at least so far apart, so that names fit between them. */
const LANE_PX = 160;
/** If the end of the picture is at most this far away, the picture follows new frames. */
const END_PX = 40;
/** As high as this the picture is at first, if it is to scale. */
const SCALED_PX = 3_000;

/** The newest frame of the picture while the picture does not follow. */
const heldAt = signal<{ readonly number: number; readonly store: InspectionStore } | undefined>(
  undefined,
);
/** The lanes that the user has chosen; undefined: the busiest ones. */
const chosenLanes = signal<ReadonlySet<string> | undefined>(undefined);
/** The height of a millisecond in pixels; undefined: a row for each moment. */
const scale = signal<number | undefined>(undefined);

export function SequenceView(): VNode {
  const session = useLiveSession();
  const { store } = session;
  const { endpoints, aliases } = store;
  const surroundings = { endpoints, aliases, nowMs: session.nowMs() };
  const transaction = chosen.value === undefined ? undefined : store.transaction(chosen.value);
  const { frames, newer, held } = shownFrames(session, surroundings);
  const drawn = transaction?.frames ?? frames;
  const lanes = transaction === undefined ? chosenLanes.value : undefined;
  const sequence = sequenceOf(drawn, surroundings, lanes);
  const follow = !held && transaction === undefined;
  return (
    <section class="sequence" aria-label="Sequence">
      <div class="bar">
        {chosen.value === undefined ? (
          <>
            <span>
              The latest <b>{countOf(drawn.length, 'frame')}</b>
            </span>
            <LaneChoice
              chosen={chosenLanes}
              shown={sequence.lanes}
              all={() => lanesOf(store.recentFrames(), surroundings)}
            />
          </>
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
        <SequenceAxis scale={scale} fitting={() => fittingScale(sequence.arrows, SCALED_PX)} />
        <SequenceLegend />
      </div>
      <Picture sequence={sequence} follow={follow} newest={drawn.at(-1)} />
      {newer > 0 && transaction === undefined && (
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

/** The frames that the user wants, and how many came after the picture was held. */
function shownFrames(
  { store }: Session,
  surroundings: Surroundings,
): { frames: Frame[]; newer: number; held: boolean } {
  const recent = store.recentFrames();
  const held = heldAt.value?.store === store ? heldAt.value.number : undefined;
  const upTo = held === undefined ? recent : recent.filter(({ number }) => number <= held);
  const text = search.value.trim();
  const choice = {
    picked: pickedEndpoints.value,
    range: timeRange.value,
    passes: text === '' ? undefined : searchTest(text),
    lanes: chosenLanes.value,
  };
  return {
    frames: framesToDraw(upTo, choice, surroundings),
    newer: recent.length - upTo.length,
    held: held !== undefined,
  };
}

interface PictureProps {
  readonly sequence: Sequence;
  /** Its end is always visible. */
  readonly follow: boolean;
  readonly newest: Frame | undefined;
}

function Picture({ sequence, follow, newest }: PictureProps): VNode {
  const session = useSession();
  const { endpoints } = session.store;
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const [top, setTop] = useState(0);
  const { lanes, arrows, lanesLeftOut } = sequence;
  const layout = scale.value === undefined ? layOut(arrows) : layOutByTime(arrows, scale.value);
  // While the picture follows, its end is visible. Waiting for the scroll event would draw it
  // twice.
  const shownTop = follow ? Math.max(0, layout.height - height) : top;
  const contentWidth = Math.max(width, 120 + lanes.length * LANE_PX);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (follow && current !== null) current.scrollTop = current.scrollHeight;
  });
  const hold = () => {
    if (follow && newest !== undefined) {
      heldAt.value = { number: newest.number, store: session.store };
    }
  };
  const onScroll = ({ currentTarget }: { currentTarget: HTMLDivElement }) => {
    const below = currentTarget.scrollHeight - currentTarget.clientHeight - currentTarget.scrollTop;
    if (follow && below <= END_PX) return;
    setTop(currentTarget.scrollTop);
    if (chosen.value !== undefined) return;
    if (below <= END_PX && !hasFocus(currentTarget)) heldAt.value = undefined;
    else hold();
  };
  return (
    <div
      class="sequence-scroller"
      ref={scroller}
      tabIndex={0}
      role="region"
      data-testid="sequence"
      aria-label="Sequence, newest at the bottom"
      onScroll={onScroll}
    >
      {arrows.length === 0 ? (
        <div class="empty">
          <p>{lanes.length === 0 ? 'No datagrams yet.' : 'No datagrams between these lanes.'}</p>
        </div>
      ) : (
        <>
          <LaneHeads lanes={lanes} endpoints={endpoints} width={contentWidth} />
          <SequencePicture
            lanes={lanes}
            layout={layout}
            endpoints={endpoints}
            width={contentWidth}
            top={shownTop - height / 4}
            bottom={shownTop + height * 1.25}
            onFocus={hold}
          />
          {lanesLeftOut > 0 && (
            <p class="muted sequence-more">
              {countOf(lanesLeftOut, 'more lane')}, left out of the picture
            </p>
          )}
        </>
      )}
    </div>
  );
}

/** Whether the keyboard is on an arrow. Then new frames must not move it. */
function hasFocus(scroller: HTMLElement): boolean {
  return scroller !== document.activeElement && scroller.contains(document.activeElement);
}
