/**
 * Machine acting: finds out which actor is at work, so that the calls that it makes are its own.
 * XState tells when an actor begins an action, or the work of a promise or callback, but not when that
 * ends: it ends by the next thing that is told of this actor.
 */
import type { ActorRefLike, InspectionEvent } from 'xstate';
import { actingActor, actNowAs, noteSender, watchActing } from '../../actor/acting.js';
import { isMachine } from './machine-definitions.js';

/** The most actors that begin inside of each other. */
const MAX_NESTED = 256;

export class MachineActing {
  /** Who is at work inside of whose work. Bounded by `MAX_NESTED`. */
  readonly #atWork: { readonly actor: ActorRefLike; readonly before: ActorRefLike | undefined }[] =
    [];

  constructor() {
    watchActing();
  }

  told(told: InspectionEvent): void {
    if (told.type === '@xstate.event') {
      const { actorRef, event, sourceRef } = told;
      if (event.type === 'call' && sourceRef !== undefined) noteSender(event, sourceRef);
      if (isBusy(actorRef)) this.#begins(actorRef);
    } else if (told.type === '@xstate.action') {
      this.#ends(told.actorRef);
      this.#begins(told.actorRef);
    } else if (told.type !== '@xstate.actor') this.#ends(told.actorRef);
  }

  #begins(actor: ActorRefLike): void {
    if (this.#atWork.length === MAX_NESTED) this.#endFrom(0);
    this.#atWork.push({ actor, before: actingActor() });
    actNowAs(actor);
  }

  #ends(actor: ActorRefLike): void {
    this.#endFrom(this.#atWork.findIndex((one) => one.actor === actor));
  }

  #endFrom(index: number): void {
    const first = this.#atWork[index];
    if (first === undefined) return;
    actNowAs(first.before);
    this.#atWork.length = index;
  }
}

/** Whether an event makes this actor work at once. A machine works in actions, which are told. */
function isBusy(actor: ActorRefLike): boolean {
  const { logic } = actor as ActorRefLike & { readonly logic?: unknown };
  if (logic === undefined || isMachine(logic)) return false;
  return (actor.getSnapshot() as { status?: unknown } | undefined)?.status === 'active';
}
