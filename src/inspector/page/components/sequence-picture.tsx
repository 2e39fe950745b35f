/**
 * Sequence picture: lanes and arrows. Only visible arrows are drawn, and elements are reused when
 * it scrolls.
 */
import type { VNode } from 'preact';
import { rowOf } from '../../../vocabulary.js';
import { FRAME_TYPES } from '../../../wire/frame-type.js';
import type { Arrow } from '../store/arrows.js';
import type { EndpointState } from '../store/endpoint-state.js';
import { durationText } from '../store/format.js';
import type { SequenceLayout, PlacedArrow } from '../store/sequence-layout.js';
import type { Side } from '../store/transaction.js';
import { shortTimeText } from '../live/time-style.js';
import { openCall } from '../live/view-state.js';

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
}

export function SequencePicture(props: SequencePictureProps): VNode {
  const { lanes, layout, width, top, bottom } = props;
  const x = laneX(lanes, width);
  const inSight = layout.arrows.filter(
    ({ sentY, receivedY }) =>
      Math.max(sentY, receivedY) >= top && Math.min(sentY, receivedY) <= bottom,
  );
  const marks = layout.marks.filter(({ y }) => y >= top && y <= bottom);
  return (
    <svg
      class="sequence-picture"
      width={width}
      height={layout.height}
      role="img"
      aria-label="Sequence of datagrams"
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
      {inSight.map((placed, index) => (
        <ArrowLine key={index} placed={placed} x={x} />
      ))}
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
            <b class="cut">{name}</b>
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

function ArrowLine({ placed, x }: { placed: PlacedArrow; x: (lane: string) => number }): VNode {
  const { arrow, sentY, receivedY } = placed;
  const { from, to, type, arrival, repetition, ordinal, late } = arrow;
  const fromX = x(from);
  const isSelf = from === to;
  const toX = isSelf ? fromX + 60 : x(to);
  const isLost = arrival === 'lost';
  const share = isLost ? 0.62 : 1;
  const endX = fromX + (toX - fromX) * share;
  const endY = sentY + (receivedY - sentY) * share;
  const isAnswer = rowOf(FRAME_TYPES, type)?.taker === 'call';
  const classes = ['arrow', isAnswer ? 'arrow-response' : 'arrow-request', `arrow-${arrival}`];
  if (late) classes.push('arrow-late');
  if (repetition !== undefined) classes.push('arrow-repeated');
  const side = sideOf(arrow);
  const away = Math.sign(toX - fromX) || 1;
  // Placed beside the sender, where the line does not touch other lines.
  const labelX = fromX + away * (repetition === undefined ? 12 : 40);
  const labelY = sentY + ((endY - sentY) * (labelX - fromX)) / (endX - fromX || 1) - 4;
  return (
    <g
      class={classes.join(' ')}
      data-testid="arrow"
      data-type={type}
      data-arrival={arrival}
      data-repetition={repetition ?? ''}
      data-late={late}
      data-joined={arrow.sent !== undefined && arrow.received !== undefined}
      data-transaction={(arrow.sent ?? arrow.received)?.transaction?.id}
      onClick={() => {
        if (side !== undefined) openCall(side);
      }}
    >
      <title>{describe(arrow)}</title>
      <path class="arrow-hit" d={`M${fromX} ${sentY}L${endX} ${endY}`} />
      <path
        class="arrow-line"
        d={`M${fromX + away * 3} ${sentY}L${isLost ? endX : endX - away * 2} ${endY}`}
        marker-end={isLost ? undefined : arrival === 'arrived' ? 'url(#head)' : 'url(#head-open)'}
      />
      <circle class="arrow-start" cx={fromX} cy={sentY} r="2.6" />
      {isLost && (
        <path
          class="arrow-cross"
          d={`M${endX - 5} ${endY - 5}l10 10M${endX + 5} ${endY - 5}l-10 10`}
        />
      )}
      <text class={away > 0 ? 'arrow-label' : 'arrow-label arrow-label-left'} x={labelX} y={labelY}>
        {labelOf(arrow)}
      </text>
      {repetition !== undefined && (
        <g transform={`translate(${fromX + away * 18} ${sentY + (receivedY - sentY) * 0.06})`}>
          <rect class="badge" x="-13" y="-8" width="26" height="16" rx="8" />
          <text class="badge-text" y="3.6">
            {repetition === 'duplicate' ? 'dup' : `↻ ${ordinal}`}
          </text>
        </g>
      )}
    </g>
  );
}

function labelOf({ type, arrival, late, sent, received }: Arrow): string {
  const side = (sent ?? received)?.transaction?.sides[0];
  const words = [type === 'request' ? (side?.record.procedure ?? 'request') : type];
  if (late) words.push('late');
  if (arrival === 'lost') words.push('lost');
  return words.join(' · ');
}

function sideOf({ sent, received }: Arrow): Side | undefined {
  const sides = (sent ?? received)?.transaction?.sides ?? [];
  return sides.find(({ kind }) => kind !== 'handler') ?? sides[0];
}

function describe(arrow: Arrow): string {
  const { type, arrival, repetition, ordinal, late, fate, sent, received } = arrow;
  const words = [type];
  if (sent !== undefined) words.push(`sent ${shortTimeText(sent.atMs)}`);
  if (received !== undefined) words.push(`received ${shortTimeText(received.atMs)}`);
  if (sent !== undefined && received !== undefined) {
    words.push(`${durationText(received.atMs - sent.atMs)} on the way`);
  }
  if (repetition === 'retransmission') words.push(`transmission ${ordinal}`);
  if (repetition === 'duplicate') words.push('a duplicate');
  if (late) words.push('after the time-out');
  if (arrival === 'lost') words.push('it never arrived');
  if (arrival === 'sent') words.push('not known whether it arrived');
  if (arrival === 'travelling') words.push('on the way');
  if (fate !== undefined) words.push(fate);
  return words.join(', ');
}
