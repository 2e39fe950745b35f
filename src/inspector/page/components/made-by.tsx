/** Made by: which of the user's actors made a call, as a link to it. */
import type { VNode } from 'preact';
import { openMachine } from '../live/view-state.js';
import { actorName } from '../store/actor-names.js';
import type { Side } from '../store/transaction.js';
import { useSession } from './page-context.js';

export function MadeBy({ side }: { side: Side }): VNode | null {
  const { machines } = useSession().store;
  const { record } = side;
  if (record.type === 'handler' || record.madeBy === undefined) return null;
  const actor = machines.makerOf(side);
  if (actor === undefined) return <>, made by actor {record.madeBy.session}, which is not kept</>;
  const { parent } = actor;
  return (
    <>
      , made by{' '}
      <button
        type="button"
        class="link"
        data-testid="made-by"
        onClick={() => openMachine(actor.key)}
      >
        {parent === undefined ? actorName(actor) : `${actorName(parent)} › ${actorName(actor)}`}
      </button>
    </>
  );
}
