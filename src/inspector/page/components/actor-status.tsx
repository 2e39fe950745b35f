/** Actor status: the status of a user's actor as a mark and a word. */
import type { VNode } from 'preact';
import { statusWords } from '../store/machine-words.js';
import { actorStatus } from '../store/machines.js';
import type { ActorState } from '../store/machines.js';
import { MarkShape } from './state-mark.js';

export function ActorStatus({ actor, bare = false }: { actor: ActorState; bare?: boolean }): VNode {
  const { mark, word, tone } = statusWords(actorStatus(actor));
  return (
    <span class={`state tone-${tone}`} title={bare ? word : undefined}>
      <MarkShape mark={mark} />
      <span class={bare ? 'hidden' : 'state-word'}>{word}</span>
    </span>
  );
}
