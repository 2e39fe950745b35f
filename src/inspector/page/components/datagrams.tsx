/**
 * Datagrams: the frames of a transaction at both ends, with the time since the one before, what
 * became of them, their bytes and the meaning of the bytes.
 */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { showFrame } from '../live/datagram-state.js';
import { fullTimeText, shortTimeText } from '../live/time-style.js';
import { isMalformed } from '../store/datagram-words.js';
import { countOf, durationText } from '../store/format.js';
import type { Frame } from '../store/transaction.js';
import { FrameEnding } from './frame-ending.js';
import { FrameFields } from './frame-fields.js';
import { Name } from './name.js';
import { useSession } from './page-context.js';

export function Datagrams({ frames }: { frames: readonly Frame[] }): VNode {
  const [open, setOpen] = useState<number>();
  const inOrder = [...frames].sort((a, b) => a.atMs - b.atMs || a.number - b.number);
  if (inOrder.length === 0) return <p class="muted">No datagrams were recorded.</p>;
  return (
    <ul class="datagrams">
      {inOrder.map((frame, index) => (
        <Datagram
          key={frame.number}
          frame={frame}
          before={inOrder[index - 1]}
          open={open === frame.number}
          onToggle={() => setOpen(open === frame.number ? undefined : frame.number)}
        />
      ))}
    </ul>
  );
}

interface DatagramProps {
  readonly frame: Frame;
  /** The frame before it, at either end. */
  readonly before: Frame | undefined;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function Datagram({ frame, before, open, onToggle }: DatagramProps): VNode {
  const { endpoints } = useSession().store;
  const { type, direction, peer, atMs, datagram, masked } = frame;
  const name = endpoints.get(frame.endpoint)?.name ?? frame.endpoint;
  return (
    <li
      data-testid="datagram"
      data-direction={direction}
      data-type={type}
      data-malformed={isMalformed(frame)}
    >
      <button type="button" class="datagram" aria-expanded={open} onClick={onToggle}>
        <time class="num muted" title={fullTimeText(atMs)}>
          {before === undefined ? shortTimeText(atMs) : `+${durationText(atMs - before.atMs)}`}
        </time>
        <span class="direction" aria-hidden="true">
          {direction === 'out' ? '→' : '←'}
        </span>
        <b class="cut">
          <Name text={type} />
        </b>
        <span class="cut">
          {datagram.refused !== undefined && 'the system of '}
          <Name text={name} /> {deedOf(frame)} <Name text={peer} />
        </span>
        <FrameEnding frame={frame} />
        <span class="num muted right datagram-bytes">
          {datagram.bundle
            ? `in a bundle of ${datagram.frameCount}`
            : countOf(datagram.bytes, 'byte')}
          {masked && ', masked'}
        </span>
      </button>
      {open && (
        <>
          <FrameFields base64={frame.base64} />
          <button
            type="button"
            class="link"
            data-testid="show-frame"
            onClick={() => showFrame(frame)}
          >
            show it among all datagrams
          </button>
        </>
      )}
    </li>
  );
}

/** What the endpoint, or its system, did with the frame. */
function deedOf({ direction, datagram }: Frame): string {
  if (direction === 'in') return 'received it from';
  return datagram.refused === undefined ? 'sent it to' : 'did not send it to';
}
