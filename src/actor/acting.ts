/**
 * Acting: which actor of the user is at work, so that an inspector can say who made a call. It goes
 * with the async context: what an actor began belongs to it after an `await` as well.
 */
import type { ActorRefLike } from 'xstate';
import { contextValue } from '../time/async-context.js';

/** Made for the first who watches actors, because Node.js 20 then follows each promise. */
let acting: ReturnType<typeof contextValue<ActorRefLike | undefined>> | undefined;

/** Who sent a command to a peer. */
const senders = new WeakMap<object, ActorRefLike>();

/** From now on it is known who is at work. Before that, nobody is. */
export function watchActing(): void {
  acting ??= contextValue();
}

export function actingActor(): ActorRefLike | undefined {
  return acting?.getStore();
}

/** Runs what this actor does. */
export function actAs<Result>(actor: ActorRefLike, action: () => Result): Result {
  return acting === undefined ? action() : acting.run(actor, action);
}

/** From here on this actor is at work, until another is. */
export function actNowAs(actor: ActorRefLike | undefined): void {
  acting?.enterWith(actor);
}

/** Notes who sent a command, which is about to be delivered. */
export function noteSender(command: object, sender: ActorRefLike): void {
  senders.set(command, sender);
}

/** Runs what a command asks for, on behalf of who sent it. */
export function actForSender(command: object, action: () => void): void {
  const sender = acting === undefined ? undefined : senders.get(command);
  if (sender === undefined) action();
  else actAs(sender, action);
}
