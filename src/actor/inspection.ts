/**
 * Inspection: where light actors report what XState's own actors report to their system, so that
 * one observer sees both kinds alike.
 */
import type {
  ActorRefLike,
  AnyActorRef,
  AnyEventObject,
  InspectionEvent,
  Observer,
  Snapshot,
  Subscription,
} from 'xstate';

/** What `inspect` takes: an observer or a function, as XState's `createActor` does. */
export type InspectionObserver =
  Observer<InspectionEvent> | ((inspectionEvent: InspectionEvent) => void);

/**
 * What follows light actors and datagrams without being shown snapshots: it looks for itself, and only where it wants
 * to. That costs a fraction of what an observer does. It must not throw.
 */
export interface Tap {
  /** A light actor was made. */
  actorStarted(actorRef: ActorRefLike): void;
  /** It took an event that its state has a transition for, and has made it. */
  actorStepped(actorRef: ActorRefLike, event: AnyEventObject): void;
  /** A datagram goes out. */
  datagramSent(datagram: Buffer, host: string, port: number): void;
  /** A datagram arrived, and is about to be routed. `atMs` is monotonic. */
  datagramReceived(datagram: Buffer, host: string, port: number, atMs: number): void;
  /** It was routed; the fates are those of its frames, in order. What was received last is settled first. */
  datagramSettled(fates: readonly string[]): void;
}

/** What to call with each event. */
export function nextOf(observer: InspectionObserver): (inspectionEvent: InspectionEvent) => void {
  if (typeof observer === 'function') return observer;
  return observer.next?.bind(observer) ?? (() => undefined);
}

/** What an actor that lived already is shown with: it is in this state, and nobody saw how it got there. */
const FOUND = { type: 'inspection.attached' };

/** Those who watch one endpoint's actors. */
export class Inspection {
  readonly #reportError: (error: unknown) => void;
  /** Bounded by those who attach and do not detach. */
  readonly #observers = new Set<(inspectionEvent: InspectionEvent) => void>();
  #root: AnyActorRef | undefined;
  /** What XState's own actors report comes from their system. */
  #ofSystem: Subscription | undefined;

  /** @param reportError takes what an observer throws, the first time it does */
  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError;
  }

  /** Bounded by those who attach and do not detach. */
  taps: readonly Tap[] = [];

  /** False while there is neither observer nor tap: then nobody need be told of a new actor. */
  watched = false;

  attachTap(tap: Tap): Subscription {
    this.#setTaps([...this.taps, tap]);
    return {
      unsubscribe: () => {
        this.#setTaps(this.taps.filter((other) => other !== tap));
      },
    };
  }

  #setTaps(taps: readonly Tap[]): void {
    this.taps = taps;
    this.watched = this.active || taps.length > 0;
  }

  /** False while nobody watches: then the hot path builds no event and no snapshot. */
  active = false;

  readonly #tell = (inspectionEvent: InspectionEvent): void => {
    for (const observer of this.#observers) observer(inspectionEvent);
  };

  /** Tells `observer` of all that happens from now on, and first of the actors that live, parents before children. */
  attach(observer: InspectionObserver, living: Iterable<ActorRefLike> = []): Subscription {
    const next = this.#guarded(observer);
    for (const actorRef of living) {
      next({ type: '@xstate.actor', rootId: this.#rootId, actorRef });
      const snapshot = actorRef.getSnapshot() as Snapshot<unknown>;
      next({ type: '@xstate.snapshot', rootId: this.#rootId, actorRef, event: FOUND, snapshot });
    }
    this.#observers.add(next);
    this.#watch();
    return {
      unsubscribe: () => {
        this.#observers.delete(next);
        this.#watch();
      },
    };
  }

  /** The actor at the root of the tree, not started yet: every event carries its session id. */
  rootCreated(root: AnyActorRef): void {
    this.#root = root;
    this.#watch();
    if (this.active) this.actorCreated(root);
  }

  /** An actor was made of `input` by `parent`: what XState tells of that. */
  actorStarted(actorRef: ActorRefLike, input: unknown, parent?: ActorRefLike): void {
    const event = { type: 'xstate.init', input };
    this.actorCreated(actorRef);
    this.eventSent(actorRef, event, parent);
    this.snapshotTaken(actorRef, event, actorRef.getSnapshot() as Snapshot<unknown>);
  }

  actorCreated(actorRef: ActorRefLike): void {
    this.#tell({ type: '@xstate.actor', rootId: this.#rootId, actorRef });
  }

  eventSent(actorRef: ActorRefLike, event: AnyEventObject, sourceRef?: ActorRefLike): void {
    this.#tell({ type: '@xstate.event', rootId: this.#rootId, actorRef, event, sourceRef });
  }

  snapshotTaken(actorRef: ActorRefLike, event: AnyEventObject, snapshot: Snapshot<unknown>): void {
    this.#tell({ type: '@xstate.snapshot', rootId: this.#rootId, actorRef, event, snapshot });
  }

  get #rootId(): string {
    return this.#root?.sessionId ?? '';
  }

  /** Listens to XState's actors for as long as anybody watches. */
  #watch(): void {
    this.active = this.#observers.size > 0;
    this.watched = this.active || this.taps.length > 0;
    if (this.active) this.#ofSystem ??= this.#root?.system.inspect(this.#tell);
    else {
      this.#ofSystem?.unsubscribe();
      this.#ofSystem = undefined;
    }
  }

  #guarded(observer: InspectionObserver): (inspectionEvent: InspectionEvent) => void {
    const next = nextOf(observer);
    let reported = false;
    return (inspectionEvent) => {
      try {
        next(inspectionEvent);
      } catch (error) {
        if (!reported) this.#reportError(error);
        reported = true;
      }
    };
  }
}
