/**
 * Inspection: light actors report here what XState's actors report to their system, so that an
 * observer sees both kinds in the same way.
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

/**
 * An inspection observer: an object or a function, as for XState's `createActor`. As with XState, it
 * runs in the async context of what it observes: of who makes a call, or of the socket.
 */
export type InspectionObserver =
  Observer<InspectionEvent> | ((inspectionEvent: InspectionEvent) => void);

/**
 * Gets the events of light actors and datagrams, but no snapshots. A tap reads the snapshots that
 * it needs, so it costs a fraction of an observer. It must not throw.
 */
export interface Tap {
  actorStarted(actorRef: ActorRefLike): void;
  /** A light actor got an event and has made the transition of its state for it. */
  actorStepped(actorRef: ActorRefLike, event: AnyEventObject): void;
  /** A datagram is about to be sent. */
  datagramSent(datagram: Buffer, host: string, port: number): void;
  /**
   * The system has taken the datagram, or refused it with `error`. It is not called if the transport
   * closes before that.
   */
  datagramLeft(datagram: Buffer, error: Error | null): void;
  /** A datagram arrived and is about to be routed. `atMs` is monotonic. */
  datagramReceived(datagram: Buffer, host: string, port: number, atMs: number): void;
  /**
   * A datagram was routed. The fates are those of its frames, in order. Nested datagrams are
   * settled in reverse order: the one that was received last is settled first.
   */
  datagramSettled(fates: readonly string[]): void;
}

export function nextOf(observer: InspectionObserver): (inspectionEvent: InspectionEvent) => void {
  if (typeof observer === 'function') return observer;
  return observer.next?.bind(observer) ?? (() => undefined);
}

/** The event in the snapshot of an actor that existed before the observer was attached. */
const FOUND = { type: 'inspection.attached' };

export class Inspection {
  readonly #reportError: (error: unknown) => void;
  /** Bounded by the observers that are attached and not detached. */
  readonly #observers = new Set<(inspectionEvent: InspectionEvent) => void>();
  #root: AnyActorRef | undefined;
  #ofSystem: Subscription | undefined;

  /** @param reportError gets the first error that each observer throws */
  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError;
  }

  /** Bounded by the taps that are attached and not detached. */
  taps: readonly Tap[] = [];

  /** False while there is neither an observer nor a tap. Then new actors are not reported. */
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

  /** False while there is no observer. Then the hot path builds no events and no snapshots. */
  active = false;

  readonly #tell = (inspectionEvent: InspectionEvent): void => {
    for (const observer of this.#observers) observer(inspectionEvent);
  };

  /**
   * Attaches an observer. It first gets the living actors, parents before their children, and then
   * all later events.
   */
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

  /** Sets the root actor, before it is started. Every event has its session id. */
  rootCreated(root: AnyActorRef): void {
    this.#root = root;
    this.#watch();
    if (this.active) this.actorCreated(root);
  }

  /** Reports a new actor, made from `input` by `parent`, in the same way as XState does. */
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

  /** Listens to XState's actors while there is an observer. */
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
