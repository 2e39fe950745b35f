/** Peer ref: a peer as an XState actor ref. The handle adds how it is called. */
import type { AnyActorRef, Observer, Readable, Subscription } from 'xstate';
import { answerAsObservable } from '../actor/observers.js';
import type { ObserverOrNext } from '../actor/observers.js';
import { Selection } from '../actor/selection.js';
import type { PeerHealth } from '../api/health.js';
import type { PeerSnapshot, PeerState } from '../api/peer-snapshot.js';
import type { HeldActor } from './held-actor.js';
import type { peerMachine } from './machine.js';
import { PeerObservers } from './peer-observers.js';

export class PeerRef implements PeerState {
  protected readonly actor: HeldActor;
  /** Made for the first who asks for it, as all that follows. */
  #snapshot: PeerSnapshot | undefined;
  #observers: PeerObservers | undefined;

  constructor(actor: HeldActor) {
    this.actor = actor;
  }

  get id(): string {
    return this.actor.last().id;
  }

  /** That of the actor of now, by which inspectors know it. */
  get sessionId(): string {
    return this.actor.last().sessionId;
  }

  get ref(): this {
    return this;
  }

  get src(): typeof peerMachine {
    return this.actor.last().src;
  }

  get system(): AnyActorRef['system'] {
    return this.actor.last().system;
  }

  get _parent(): AnyActorRef {
    return this.actor.last()._parent;
  }

  get address(): string {
    return this.actor.last().address;
  }

  get health(): PeerHealth {
    return this.actor.last().health;
  }

  get roundTripMs(): number | undefined {
    return this.actor.last().roundTripMs;
  }

  get window(): number {
    return this.actor.last().windowLimit;
  }

  get inWindow(): number {
    return this.actor.last().inWindow;
  }

  get inFlight(): number {
    return this.actor.last().inFlight;
  }

  get queued(): number {
    return this.actor.last().queued;
  }

  get room(): number {
    return this.actor.last().room;
  }

  get native(): boolean {
    return this.actor.last().native;
  }

  getSnapshot(): PeerSnapshot {
    const now = this.#takeSnapshot();
    const last = this.#snapshot;
    if (last !== undefined && isSame(last, now)) return last;
    return (this.#snapshot = now);
  }

  #takeSnapshot(): PeerSnapshot {
    const { address, health, roundTripMs, window, inWindow, inFlight, queued, room, native } = this;
    return {
      status: this.actor.ended ? 'done' : 'active',
      ...{ address, health, roundTripMs, window, inWindow, inFlight, queued, room, native },
      output: undefined,
      error: undefined,
    };
  }

  getPersistedSnapshot(): PeerSnapshot {
    return this.getSnapshot();
  }

  subscribe(observer: Observer<PeerSnapshot>): Subscription;
  subscribe(
    next?: (snapshot: PeerSnapshot) => void,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription;
  subscribe(
    observerOrNext?: ObserverOrNext<PeerSnapshot>,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription {
    this.#observers ??= new PeerObservers(this.actor, () => this.getSnapshot());
    return this.#observers.subscribe(observerOrNext, error, complete);
  }

  select<TSelected>(
    selector: (snapshot: PeerSnapshot) => TSelected,
    equal: (a: TSelected, b: TSelected) => boolean = Object.is,
  ): Readable<TSelected> {
    return new Selection(this, selector, equal);
  }

  /** Does nothing, as in XState for an actor that was started. */
  start(): this {
    return this;
  }

  /** @throws Error always, as XState does for every actor that is not a root actor. */
  stop(): never {
    throw new Error(`The peer '${this.address}' ends with its endpoint, and cannot be stopped.`);
  }

  toJSON(): { xstate$$type: number; id: string } {
    return { xstate$$type: 1, id: this.id };
  }

  declare [Symbol.observable]: () => this;

  static {
    answerAsObservable(this.prototype);
  }
}

function isSame(one: PeerSnapshot, other: PeerSnapshot): boolean {
  const names = Object.keys(one) as (keyof PeerSnapshot)[];
  return names.every((name) => one[name] === other[name]);
}
