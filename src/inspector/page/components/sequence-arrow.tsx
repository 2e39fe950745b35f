/** Sequence arrow: a frame on its way from one lane to another. */
import type { VNode } from 'preact';
import { rowOf } from '../../../vocabulary.js';
import { FRAME_TYPES } from '../../../wire/frame-type.js';
import type { Arrow } from '../store/arrows.js';
import { shortTimeText } from '../live/time-style.js';
import { durationText } from '../store/format.js';
import type { PlacedArrow } from '../store/sequence-layout.js';
import { framesOf, isMalformed, labelOf } from '../store/sequence-words.js';

/** How wide a frame to its own sender is drawn. */
const SELF_WIDTH = 60;

/** Frames that do not get there: how far they get, and the sign at which they end. */
const STOPS: Partial<Record<Arrow['arrival'], { share: number; sign: string }>> = {
  lost: { share: 0.62, sign: 'm-5 -5l10 10m0 -10l-10 10' },
  refused: { share: 0.1, sign: 'm0 -7v14' },
};

interface ArrowLineProps {
  readonly placed: PlacedArrow;
  readonly x: (lane: string) => number;
  /** The key Tab leads to it. */
  readonly isReachable: boolean;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
}

export function ArrowLine({ placed, x, isReachable, onFocus, onOpen }: ArrowLineProps): VNode {
  const { arrow, sentY, receivedY, isLabelled } = placed;
  const { from, to, type, arrival, repetition, ordinal } = arrow;
  const fromX = x(from);
  const toX = from === to ? fromX + SELF_WIDTH : x(to);
  const stop = STOPS[arrival];
  const share = stop?.share ?? 1;
  const endX = fromX + (toX - fromX) * share;
  const endY = sentY + (receivedY - sentY) * share;
  const away = Math.sign(toX - fromX) || 1;
  // Placed beside the sender, where the line does not touch other lines.
  const labelX = fromX + away * (repetition === undefined ? 12 : 40);
  const labelY = sentY + ((endY - sentY) * (labelX - fromX)) / (endX - fromX || 1) - 4;
  const words = describe(arrow);
  return (
    <g
      class={classesOf(arrow)}
      role="button"
      aria-label={words}
      tabIndex={isReachable ? 0 : -1}
      data-testid="arrow"
      data-type={type}
      data-arrival={arrival}
      data-repetition={repetition ?? ''}
      data-late={arrow.late}
      data-malformed={isMalformed(arrow)}
      data-joined={arrow.sent !== undefined && arrow.received !== undefined}
      data-transaction={framesOf(arrow)[0]?.transaction?.id}
      // A click opens the arrow. The focus is for the keyboard, and would stop the picture.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onOpen}
      onFocus={onFocus}
    >
      <title>{words}</title>
      <path class="arrow-hit" d={`M${fromX} ${sentY}L${endX} ${endY}`} />
      <path
        class="arrow-line"
        d={`M${fromX + away * 3} ${sentY}L${stop === undefined ? endX - away * 2 : endX} ${endY}`}
        marker-end={
          stop !== undefined ? undefined : arrival === 'arrived' ? 'url(#head)' : 'url(#head-open)'
        }
      />
      <circle class="arrow-start" cx={fromX} cy={sentY} r="2.6" />
      {stop !== undefined && <path class="arrow-cross" d={`M${endX} ${endY}${stop.sign}`} />}
      {isLabelled && (
        <text
          class={away > 0 ? 'arrow-label' : 'arrow-label arrow-label-left'}
          x={labelX}
          y={labelY}
        >
          {labelOf(arrow)}
        </text>
      )}
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

function classesOf(arrow: Arrow): string {
  const { type, arrival, repetition, late } = arrow;
  const isAnswer = rowOf(FRAME_TYPES, type)?.taker === 'call';
  const classes = ['arrow', isAnswer ? 'arrow-response' : 'arrow-request', `arrow-${arrival}`];
  if (isMalformed(arrow)) classes.push('arrow-malformed');
  if (late) classes.push('arrow-late');
  if (repetition !== undefined) classes.push('arrow-repeated');
  return classes.join(' ');
}

/** Everything that is known of an arrow, for those who do not see it, too. */
function describe(arrow: Arrow): string {
  const { arrival, repetition, ordinal, late, fate, sent, received } = arrow;
  const words = [labelOf(arrow)];
  const refused = sent?.datagram.refused;
  if (sent !== undefined && refused === undefined) words.push(`sent ${shortTimeText(sent.atMs)}`);
  if (refused !== undefined) words.push(`the system did not send it: ${refused}`);
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
