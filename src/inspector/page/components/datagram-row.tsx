/** Datagram row: a frame in the list of datagrams, and the heads above the rows. */
import type { VNode } from 'preact';
import { endingOf } from '../store/datagram-filter.js';
import { isMalformed } from '../store/datagram-words.js';
import { clockText, countText, durationText } from '../store/format.js';
import type { Frame } from '../store/transaction.js';
import { FrameEnding } from './frame-ending.js';
import { Name } from './name.js';
import { useSession } from './page-context.js';

export function DatagramHeads(): VNode {
  return (
    <div class="datagram-row row-head" role="row" aria-rowindex={1}>
      <span role="columnheader">time</span>
      <span role="columnheader" class="right" title="Since the listed frame before it">
        delta
      </span>
      <span role="columnheader" class="datagram-endpoint">
        endpoint
      </span>
      <span role="columnheader" aria-label="direction" />
      <span role="columnheader">peer</span>
      <span role="columnheader">type</span>
      <span role="columnheader" class="datagram-procedure">
        procedure
      </span>
      <span role="columnheader" class="right datagram-size" title="The bytes of its datagram">
        bytes
      </span>
      <span role="columnheader">fate</span>
    </div>
  );
}

export function DatagramRow(props: {
  frame: Frame;
  before: Frame | undefined;
  index: number;
  isOpen: boolean;
  onClick: () => void;
}): VNode {
  const { frame, before, index, isOpen, onClick } = props;
  const { endpoints } = useSession().store;
  const { atMs, endpoint, direction, peer, type, transaction, datagram } = frame;
  const name = endpoints.get(endpoint)?.name ?? endpoint;
  return (
    <div
      id={idOf(frame)}
      class={classOf(frame, isOpen)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      data-testid="frame-row"
      data-direction={direction}
      data-type={type}
      data-ending={endingOf(frame)}
      onClick={onClick}
    >
      <span role="gridcell" class="num muted">
        {clockText(atMs)}
      </span>
      <span role="gridcell" class="num muted right">
        {before === undefined ? '' : `+${durationText(atMs - before.atMs)}`}
      </span>
      <span role="gridcell" class="cut datagram-endpoint" title={endpoint}>
        <Name text={name} />
      </span>
      <span
        role="gridcell"
        class="direction"
        aria-label={direction === 'out' ? 'sent to' : 'received from'}
      >
        {direction === 'out' ? '→' : '←'}
      </span>
      <span role="gridcell" class="cut num">
        <Name text={peer} />
      </span>
      <span role="gridcell" class="cut datagram-type">
        <Name text={type} />
      </span>
      <span role="gridcell" class="cut datagram-procedure">
        <Name text={transaction?.sides[0]?.record.procedure ?? ''} />
      </span>
      <span role="gridcell" class="num muted right datagram-size">
        {countText(datagram.bytes)}
      </span>
      <span role="gridcell" class="cut">
        <FrameEnding frame={frame} />
      </span>
    </div>
  );
}

function classOf(frame: Frame, isOpen: boolean): string {
  const classes = ['datagram-row'];
  if (isOpen) classes.push('row-cursor');
  if (isMalformed(frame)) classes.push('datagram-malformed');
  return classes.join(' ');
}

/** The id of its row in the page. */
export function idOf({ number }: Frame): string {
  return `frame-${number}`;
}
