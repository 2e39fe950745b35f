/** Actor names: what users' actors are called on the page. */
import type { ActorState } from './machines.js';

/** What XState calls an actor that nobody has named: `x:3`, or `0.visitor.greeting`. */
const UNNAMED = /^(x:\d+$|\d+\.)/;

/** The name of an actor: the one that it was given, or that of what it runs. */
export function actorName(actor: ActorState): string {
  const { id, source, procedure } = actor.record;
  if (!UNNAMED.test(id)) return id;
  return source ?? machineName(actor) ?? procedure ?? id;
}

/** What an actor runs. */
export function logicWords(actor: ActorState): string {
  const machine = machineName(actor);
  const { source, procedure } = actor.record;
  if (machine !== undefined) return `machine ${machine}`;
  if (procedure !== undefined) return `a call of ${procedure}`;
  return source === undefined ? 'no machine' : `${source}, no machine`;
}

/** A machine without an id is called `(machine)`. */
function machineName({ record, program }: ActorState): string | undefined {
  return record.machine === undefined ? undefined : program.machines.get(record.machine)?.id;
}
