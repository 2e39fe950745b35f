/** An observer that is shown what people can read, and nothing that is masked. */
import type { ActorRefLike, InspectionEvent, Snapshot } from 'xstate';
import { nextOf } from '../actor/inspection.js';
import type { InspectionObserver } from '../actor/inspection.js';
import { legibleValue } from './legible-value.js';
import type { Legibility } from './legible-value.js';
import { maskTest } from './mask.js';
import type { Mask, MaskTest } from './mask.js';

/** How an observer is shown what happens. */
export interface LegibleOptions {
  /** What it is not shown. Default: it is shown everything. */
  readonly mask?: Mask;
}

/**
 * Wraps an inspection observer, such as that of `@statelyai/inspect`: events and contexts reach it as plain data that
 * people can read. Bytes are text in hexadecimal digits with their length, bigints exact, errors whole; and what
 * `mask` names is masked wherever it stands, in arguments, results and errors alike.
 */
export function legible(
  observer: InspectionObserver,
  { mask }: LegibleOptions = {},
): (inspectionEvent: InspectionEvent) => void {
  const isMasked = maskTest(mask);
  const next = nextOf(observer);
  return (inspectionEvent) => {
    next(legibleEvent(inspectionEvent, isMasked));
  };
}

function legibleEvent(event: InspectionEvent, isMasked: MaskTest): InspectionEvent {
  const how = { isMasked, procedure: procedureOf(event) };
  const shown = { ...event, actorRef: legibleActor(event.actorRef, how) };
  if ('event' in shown) shown.event = legibleValue(shown.event, [], how) as typeof shown.event;
  if ('action' in shown) shown.action = legibleValue(shown.action, [], how) as typeof shown.action;
  if ('sourceRef' in shown && shown.sourceRef !== undefined) {
    shown.sourceRef = legibleActor(shown.sourceRef, how);
  }
  if ('snapshot' in shown) {
    shown.snapshot = legibleSnapshot(shown.snapshot, how);
  }
  return shown;
}

/** Names and chart of the actor, and a snapshot of it that is legible as well. */
function legibleActor(actorRef: ActorRefLike, how: Legibility): ActorRefLike {
  const { id, sessionId, logic, src, _parent: parent } = actorRef as ActorRefLike & Inspected;
  const _parent = parent && { id: parent.id, sessionId: parent.sessionId };
  const getSnapshot = (): unknown => legibleSnapshot(actorRef.getSnapshot() as MaybeSnapshot, how);
  return { id, sessionId, logic, src, _parent, getSnapshot } as unknown as ActorRefLike;
}

/** What inspectors read of an actor, beyond what its type promises. */
interface Inspected {
  readonly id: string;
  readonly sessionId: string;
  readonly logic: unknown;
  readonly src: unknown;
  readonly _parent?: Inspected | undefined;
}

function legibleSnapshot(snapshot: MaybeSnapshot, how: Legibility): Snapshot<unknown> {
  const { context, output, error } = snapshot ?? {};
  return {
    ...snapshot,
    context: legibleValue(context, [], how),
    output: legibleValue(output, ['outcome'], how),
    error: legibleValue(error, ['error'], how),
  } as unknown as Snapshot<unknown>;
}

/** XState tells of an actor before it has one. */
type MaybeSnapshot = { context?: unknown; output?: unknown; error?: unknown } | undefined;

/** Calls and handlers have one in their context, and what a peer is commanded has one in the event. */
function procedureOf(inspectionEvent: InspectionEvent): string | undefined {
  const { context } = (inspectionEvent.actorRef.getSnapshot() as MaybeSnapshot) ?? {};
  const event = 'event' in inspectionEvent ? inspectionEvent.event : undefined;
  for (const source of [context, event] as readonly ({ procedure?: unknown } | undefined)[]) {
    if (typeof source?.procedure === 'string') return source.procedure;
  }
  return undefined;
}
