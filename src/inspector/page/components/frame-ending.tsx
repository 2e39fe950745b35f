import type { VNode } from 'preact';
import { datagramWords } from '../store/datagram-words.js';
import type { Frame } from '../store/transaction.js';
import { Name } from './name.js';
import { MarkShape } from './state-mark.js';

/** What became of a frame, as a mark and a word. */
export function FrameEnding({ frame }: { frame: Frame }): VNode {
  const { mark, tone, word, meaning } = datagramWords(frame);
  return (
    <span class={`state tone-${tone}`} title={meaning}>
      <MarkShape mark={mark} />
      <span class="state-word cut">
        <Name text={word} />
      </span>
    </span>
  );
}
