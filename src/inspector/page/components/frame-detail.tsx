/** Frame detail: one frame whole: where it went, what became of it, its bytes and their meaning. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { openCall } from '../live/view-state.js';
import { bytesOf } from '../live/decode.js';
import { datagramWords, isMalformed, sinceBefore } from '../store/datagram-words.js';
import { clockText, countOf } from '../store/format.js';
import type { Frame } from '../store/transaction.js';
import { CopyButton } from './copy-button.js';
import { FrameEnding } from './frame-ending.js';
import { FrameFields } from './frame-fields.js';
import { Icon } from './icon.js';
import { Name } from './name.js';
import { useSession } from './page-context.js';

export function FrameDetail({ frame, onClose }: { frame: Frame; onClose: () => void }): VNode {
  const { type, direction, peer, endpoint, atMs, transaction, base64 } = frame;
  const { endpoints } = useSession().store;
  const name = endpoints.get(endpoint)?.name ?? endpoint;
  const [side] = transaction?.sides ?? [];
  const digits = useMemo(() => hexOf(base64), [base64]);
  return (
    <section
      class="frame-detail"
      aria-label="Frame"
      data-testid="frame"
      data-malformed={isMalformed(frame)}
    >
      <header class="frame-head">
        <h2>
          <Name text={type} /> <FrameEnding frame={frame} />
        </h2>
        <div class="frame-buttons">
          {side !== undefined && (
            <button
              type="button"
              class="button"
              data-testid="frame-call"
              onClick={() => openCall(side)}
            >
              Open its call: <Name text={side.record.procedure} />
            </button>
          )}
          {base64 !== '' && <CopyButton text={digits} label="Copy bytes" testId="copy-bytes" />}
          <button
            type="button"
            class="button"
            aria-label="Close the frame"
            data-testid="frame-close"
            onClick={onClose}
          >
            <Icon name="down" />
          </button>
        </div>
        <p class="muted">
          <Name text={name} /> {direction === 'out' ? 'sent it to' : 'received it from'}{' '}
          <Name text={peer} /> at {clockText(atMs)}
          {after(sinceBefore(frame))}, {sizeWords(frame)}
        </p>
        <p>{sentence(datagramWords(frame).meaning)}</p>
      </header>
      {base64 === '' ? (
        <p class="muted">
          {frame.masked ? 'What cannot be read is masked whole.' : 'It has no bytes.'}
        </p>
      ) : (
        <FrameFields base64={base64} />
      )}
    </section>
  );
}

function after(words: string | undefined): string {
  return words === undefined ? '' : `, ${words}`;
}

function sizeWords({ datagram, masked }: Frame): string {
  const { bytes, bundle, frameCount, remade } = datagram;
  const words = [countOf(bytes, 'byte')];
  if (bundle) words.push(`in a bundle of ${countOf(frameCount, 'frame')}`);
  if (masked) words.push('parts of it masked');
  if (remade === true) words.push('rebuilt from what its call kept');
  return words.join(', ');
}

function sentence(words: string): string {
  return words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function hexOf(base64: string): string {
  return Array.from(bytesOf(base64), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
