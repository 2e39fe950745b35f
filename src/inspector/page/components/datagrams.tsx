/**
 * Datagrams: the frames of a transaction, their fates, their bytes and the meaning of the bytes.
 */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { fullTimeText, shortTimeText } from '../live/time-style.js';
import { countOf } from '../store/format.js';
import type { Frame } from '../store/transaction.js';
import type { DecodedPart } from '../live/decode.js';
import { decode, hexOf } from '../live/decode.js';
import { useSession } from './page-context.js';

export function Datagrams({ frames }: { frames: readonly Frame[] }): VNode {
  const [open, setOpen] = useState<number>();
  const inOrder = [...frames].sort((a, b) => a.atMs - b.atMs || a.number - b.number);
  if (inOrder.length === 0) return <p class="muted">No datagrams were recorded.</p>;
  return (
    <ul class="datagrams">
      {inOrder.map((frame) => (
        <Datagram
          key={frame.number}
          frame={frame}
          open={open === frame.number}
          onToggle={() => setOpen(open === frame.number ? undefined : frame.number)}
        />
      ))}
    </ul>
  );
}

function Datagram(props: { frame: Frame; open: boolean; onToggle: () => void }): VNode {
  const { frame, open, onToggle } = props;
  const { endpoints } = useSession().store;
  const { type, direction, peer, atMs, datagram, fate, masked } = frame;
  const name = endpoints.get(frame.endpoint)?.name ?? frame.endpoint;
  return (
    <li data-testid="datagram" data-direction={direction} data-type={type}>
      <button type="button" class="datagram" aria-expanded={open} onClick={onToggle}>
        <time class="num muted" title={fullTimeText(atMs)}>
          {shortTimeText(atMs)}
        </time>
        <span class="direction">{direction === 'out' ? '↑' : '↓'}</span>
        <b>{type}</b>
        <span class="cut">
          {direction === 'out' ? `${name} sent it to ${peer}` : `${name} received it from ${peer}`}
        </span>
        <span class="muted cut">{fate ?? ''}</span>
        <span class="num muted right">
          {datagram.bundle
            ? `in a bundle of ${datagram.frameCount}`
            : countOf(datagram.bytes, 'byte')}
          {masked && ', masked'}
        </span>
      </button>
      {open && <Decoded base64={frame.base64} />}
    </li>
  );
}

function Decoded({ base64 }: { base64: string }): VNode {
  const [parts, setParts] = useState<readonly DecodedPart[] | string>();
  useEffect(() => {
    let wanted = true;
    void decode(base64).then((decoded) => {
      if (wanted) setParts(decoded);
    });
    return () => {
      wanted = false;
    };
  }, [base64]);
  const hex = hexOf(base64);
  return (
    <div class="decoded" data-testid="decoded">
      <pre class="hex" tabIndex={0} aria-label="Bytes in hexadecimal">
        {hex}
      </pre>
      {parts === undefined && <p class="muted">…</p>}
      {typeof parts === 'string' && <p class="muted">{parts}</p>}
      {typeof parts === 'object' && (
        <table class="parts">
          <tbody>
            {parts.map(({ offset, bytes, label, detail, depth }, index) => (
              <tr key={index} class={label === 'fault' ? 'part-fault' : undefined}>
                <td class="num muted right">{offset}</td>
                <td class="mono cut part-bytes" title={bytes}>
                  {bytes}
                </td>
                <td class="part-label" style={{ paddingLeft: `${8 + Math.min(depth, 8) * 12}px` }}>
                  {label}
                </td>
                <td class="part-detail">{detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
