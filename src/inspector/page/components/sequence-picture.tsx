/**
 * Sequence picture: lanes and arrows. Only visible arrows are drawn, and elements are reused when
 * it scrolls. Keys move the focus from arrow to arrow.
 */
import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Arrow } from '../store/arrows.js';
import type { EndpointState } from '../store/endpoint-state.js';
import { durationText } from '../store/format.js';
import type { SequenceLayout } from '../store/sequence-layout.js';
import { stepTo } from '../store/sequence-steps.js';
import { arrowKey, isMalformed, sideOf } from '../store/sequence-words.js';
import { showFrame } from '../live/datagram-state.js';
import { shortTimeText } from '../live/time-style.js';
import { openCall } from '../live/view-state.js';
import { Name } from './name.js';
import { ArrowLine } from './sequence-arrow.js';

const MARGIN_LEFT = 108;
const MARGIN_RIGHT = 28;

export interface SequencePictureProps {
  readonly lanes: readonly string[];
  readonly layout: SequenceLayout;
  readonly endpoints: ReadonlyMap<string, EndpointState>;
  readonly width: number;
  /** The visible part, in pixels of the picture. */
  readonly top: number;
  readonly bottom: number;
  /** The keyboard is on an arrow. */
  readonly onFocus?: () => void;
}

export function SequencePicture(props: SequencePictureProps): VNode {
  const { lanes, layout, width, top, bottom } = props;
  const x = laneX(lanes, width);
  const picture = useRef<SVGSVGElement>(null);
  const [focused, setFocused] = useState<number>();
  /** A key has moved the focus to an arrow that may not be drawn yet. */
  const moved = useRef(false);
  const keys = layout.arrows.map(({ arrow }) => arrowKey(arrow));
  const at = focused === undefined ? -1 : keys.indexOf(focused);
  const isInSight = ({ sentY, receivedY }: (typeof layout.arrows)[number]) =>
    Math.max(sentY, receivedY) >= top && Math.min(sentY, receivedY) <= bottom;
  const reachable = at === -1 ? layout.arrows.findIndex(isInSight) : at;
  const marks = layout.marks.filter(({ y }) => y >= top && y <= bottom);
  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    const arrow = picture.current?.querySelector<SVGGElement>('.arrow[tabindex="0"]');
    arrow?.focus();
    arrow?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [focused]);
  const open = (arrow: Arrow) => {
    const side = sideOf(arrow);
    const frame = arrow.received ?? arrow.sent;
    if (side !== undefined && !isMalformed(arrow)) openCall(side);
    else if (frame !== undefined) showFrame(frame);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const placed = layout.arrows[reachable];
    const next = stepTo(
      layout.arrows.map(({ arrow }) => arrow),
      reachable,
      event.key,
    );
    if (next !== undefined) {
      moved.current = true;
      setFocused(keys[next]);
    } else if ((event.key === 'Enter' || event.key === ' ') && placed !== undefined) {
      open(placed.arrow);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <svg
      class="sequence-picture"
      ref={picture}
      width={width}
      height={layout.height}
      role="group"
      aria-label="Datagrams, the newest at the bottom. Arrow keys move between them."
      onKeyDown={onKeyDown}
    >
      <ArrowHeads />
      {lanes.map((lane) => (
        <line
          key={lane}
          class={lane.startsWith('peer ') ? 'lane lane-peer' : 'lane'}
          x1={x(lane)}
          x2={x(lane)}
          y1={0}
          y2={layout.height}
        />
      ))}
      {marks.map(({ y, atMs, gapMs }, index) => (
        <g key={index}>
          {gapMs !== undefined && (
            <text class="sequence-gap" x={MARGIN_LEFT - 20} y={y - 15}>
              {`⋮ ${durationText(gapMs)}`}
            </text>
          )}
          <text class="sequence-time" x={MARGIN_LEFT - 20} y={y + 3.5}>
            {shortTimeText(atMs)}
          </text>
        </g>
      ))}
      {layout.arrows.flatMap((placed, index) => {
        const isReachable = index === reachable;
        if (!isReachable && !isInSight(placed)) return [];
        return [
          <ArrowLine
            // The arrow that has the focus keeps its element; the others leave theirs to the next.
            key={isReachable ? `at ${keys[index] ?? ''}` : index}
            placed={placed}
            x={x}
            isReachable={isReachable}
            onFocus={() => {
              setFocused(keys[index]);
              props.onFocus?.();
            }}
            onOpen={() => open(placed.arrow)}
          />,
        ];
      })}
    </svg>
  );
}

/** The names above the lanes. */
export function LaneHeads({
  lanes,
  endpoints,
  width,
}: Pick<SequencePictureProps, 'lanes' | 'endpoints' | 'width'>): VNode {
  const x = laneX(lanes, width);
  return (
    <div class="lane-heads" style={{ width: `${width}px` }}>
      {lanes.map((lane) => {
        const endpoint = endpoints.get(lane);
        const address = endpoint?.record.address ?? '';
        const name = endpoint?.name ?? (lane.startsWith('peer ') ? lane.slice(5) : lane);
        return (
          <div
            key={lane}
            class={endpoint === undefined ? 'lane-head lane-head-peer' : 'lane-head'}
            style={{ left: `${x(lane)}px` }}
            data-testid="lane"
            data-lane={lane}
          >
            <b class="cut">
              <Name text={name} />
            </b>
            <span class="muted cut">
              {endpoint === undefined ? 'peer' : name === address ? 'endpoint' : address}
            </span>
          </div>
        );
      })}
    </div>
  );
}

function laneX(lanes: readonly string[], width: number): (lane: string) => number {
  const room = width - MARGIN_LEFT - MARGIN_RIGHT;
  const distance = room / Math.max(1, lanes.length);
  const places = new Map(
    lanes.map((lane, index) => [lane, MARGIN_LEFT + distance * (index + 0.5)]),
  );
  return (lane) => places.get(lane) ?? 0;
}

function ArrowHeads(): VNode {
  return (
    <defs>
      <marker
        id="head"
        viewBox="0 0 8 8"
        refX="7.5"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path d="M0 .6L7.5 4 0 7.4Z" fill="context-stroke" />
      </marker>
      <marker
        id="head-open"
        viewBox="0 0 8 8"
        refX="7.5"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path d="M1 1L7 4 1 7" fill="none" stroke="context-stroke" stroke-width="1.3" />
      </marker>
    </defs>
  );
}
