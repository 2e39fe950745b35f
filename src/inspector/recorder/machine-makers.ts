/** Machine makers: which of the users' actors made a call or a notification. */
import { actingActor } from '../../actor/acting.js';
import type { RecordOf } from '../record.js';
import { PROCESS_KEY } from './identity.js';

const makers = new WeakMap<object, string>();

/** Notes who makes it, while it is made. */
export function noteMaker(made: object): void {
  const actor = actingActor();
  if (actor === undefined || hasFailed(actor)) return;
  makers.set(made, actor.sessionId);
}

export function madeBy(made: object): RecordOf<'call'>['madeBy'] {
  const session = makers.get(made);
  return session === undefined ? undefined : { process: PROCESS_KEY, session };
}

/** Of an actor whose action threw, nothing more is told: it would be at work forever. */
function hasFailed(actor: { getSnapshot(): unknown }): boolean {
  return (actor.getSnapshot() as { status?: unknown } | undefined)?.status === 'error';
}
