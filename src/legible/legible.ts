/** Legible: wraps an inspection observer, so that it gets readable data without masked values. */
import type { ActorRefLike, InspectionEvent, Snapshot } from 'xstate';
import { nextOf } from '../actor/inspection.js';
import type { InspectionObserver } from '../actor/inspection.js';
import { legibleValue } from './legible-value.js';
import type { Legibility } from './legible-value.js';
import { maskTest } from './mask.js';
import type { Mask, MaskTest } from './mask.js';

/** The options of `legible`. */
export interface LegibleOptions {
  /** The values that the observer does not get. Default: none. */
  readonly mask?: Mask | undefined;
}

/**
 * Wraps an inspection observer, such as the one of `@statelyai/inspect`. It gets events and
 * contexts as readable plain data: bytes as hexadecimal text with their length, bigints with all
 * digits, errors with their properties. Values that `mask` names are masked everywhere: in
 * arguments, results and errors.
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

/** The names and the chart of an actor, with a legible snapshot. */
function legibleActor(actorRef: ActorRefLike, how: Legibility): ActorRefLike {
  const { id, sessionId, logic, src, _parent: parent } = actorRef as ActorRefLike & Inspected;
  const _parent = parent && { id: parent.id, sessionId: parent.sessionId };
  const getSnapshot = (): unknown => legibleSnapshot(actorRef.getSnapshot() as MaybeSnapshot, how);
  return { id, sessionId, logic, src, _parent, getSnapshot } as unknown as ActorRefLike;
}

/** Members of an actor that inspectors read although its type does not have them. */
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

/** A snapshot; undefined while XState reports an actor that has none yet. */
type MaybeSnapshot = { context?: unknown; output?: unknown; error?: unknown } | undefined;

/**
 * The procedure of an event. Calls and handlers have it in their context, commands of a peer in the
 * event.
 */
function procedureOf(inspectionEvent: InspectionEvent): string | undefined {
  const { context } = (inspectionEvent.actorRef.getSnapshot() as MaybeSnapshot) ?? {};
  const event = 'event' in inspectionEvent ? inspectionEvent.event : undefined;
  for (const source of [context, event] as readonly ({ procedure?: unknown } | undefined)[]) {
    if (typeof source?.procedure === 'string') return source.procedure;
  }
  return undefined;
}
