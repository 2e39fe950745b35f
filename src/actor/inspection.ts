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
} from 'xstate';

/** What `inspect` takes: an observer or a function, as XState's `createActor` does. */
export type InspectionObserver =
  Observer<InspectionEvent> | ((inspectionEvent: InspectionEvent) => void);

/** The observer of one endpoint's actors. */
export class Inspection {
  /** False while nobody watches: then the hot path builds no event and no snapshot. */
  readonly active: boolean;

  /** The observer, made safe: what it throws is reported, the first time, and goes no further. */
  readonly observe: (inspectionEvent: InspectionEvent) => void;

  #rootId = '';

  constructor(observer: InspectionObserver | undefined, reportError: (error: unknown) => void) {
    this.active = observer !== undefined;
    const next = typeof observer === 'function' ? observer : observer?.next?.bind(observer);
    let reported = false;
    this.observe = (inspectionEvent) => {
      try {
        next?.(inspectionEvent);
      } catch (error) {
        if (!reported) reportError(error);
        reported = true;
      }
    };
  }

  /** Names the actor at the root of the tree; every event carries its session id. */
  rootStarted(root: AnyActorRef): void {
    this.#rootId = root.sessionId;
  }

  actorCreated(actorRef: ActorRefLike): void {
    this.observe({ type: '@xstate.actor', rootId: this.#rootId, actorRef });
  }

  eventSent(actorRef: ActorRefLike, event: AnyEventObject, sourceRef?: ActorRefLike): void {
    this.observe({ type: '@xstate.event', rootId: this.#rootId, actorRef, event, sourceRef });
  }

  snapshotTaken(actorRef: ActorRefLike, event: AnyEventObject, snapshot: Snapshot<unknown>): void {
    this.observe({ type: '@xstate.snapshot', rootId: this.#rootId, actorRef, event, snapshot });
  }
}
