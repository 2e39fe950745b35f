/** Legible: wraps an inspection observer, so that it gets readable data without masked values. */
import type { ActorRefLike, InspectionEvent, Snapshot } from 'xstate';
import { nextOf } from '../actor/inspection.js';
import type { InspectionObserver } from '../actor/inspection.js';
import { holdsMasked, legibleValue } from './legible-value.js';
import type { Legibility } from './legible-value.js';
import { MASKED, maskTest, NOTHING_MASKED } from './mask.js';
import type { Mask, MaskTest } from './mask.js';
import { legibleMembers } from './members.js';
import { OPEN, UNKNOWN } from './transaction.js';
import type { Transaction } from './transaction.js';

/** The options of `legible`. */
export interface LegibleOptions {
  /** The values that the observer does not get. Default: none. */
  readonly mask?: Mask | undefined;
}

/**
 * Wraps an inspection observer, such as the one of `@statelyai/inspect`. It gets events and
 * contexts as readable plain data: bytes as hexadecimal text with their length, bigints with all
 * digits, errors with their properties.
 *
 * Values that `mask` names are masked everywhere: in arguments, results and errors. The words of an
 * error, and the reason of a cancel, may repeat such a value. So with a mask they are shown only
 * for calls and requests without a masked argument; of other errors, name and code are shown.
 */
export function legible(
  observer: InspectionObserver,
  { mask }: LegibleOptions = {},
): (inspectionEvent: InspectionEvent) => void {
  const legibility = new EventLegibility(maskTest(mask));
  const next = nextOf(observer);
  return (inspectionEvent) => {
    next(legibility.show(inspectionEvent));
  };
}

class EventLegibility {
  readonly #isMasked: MaskTest;
  /**
   * The calls and handlers that were seen. A procedure or a caller may change what is in the
   * arguments later, so they are looked at once, the first time.
   */
  readonly #transactions = new WeakMap<ActorRefLike, Transaction>();

  constructor(isMasked: MaskTest) {
    this.#isMasked = isMasked;
  }

  show(event: InspectionEvent): InspectionEvent {
    const how = this.#howOf(event.actorRef, 'event' in event ? event.event : undefined);
    const shown = { ...event, actorRef: this.#showActor(event.actorRef, how) };
    if ('event' in shown) shown.event = legibleMembers(shown.event, how) as typeof shown.event;
    if ('action' in shown) {
      shown.action = legibleValue(shown.action, [], how) as typeof shown.action;
    }
    if ('sourceRef' in shown && shown.sourceRef !== undefined) {
      shown.sourceRef = this.#showActor(shown.sourceRef, this.#howOf(shown.sourceRef));
    }
    if ('snapshot' in shown) {
      shown.snapshot = legibleSnapshot(shown.snapshot, how);
    }
    return shown;
  }

  /** The names and the chart of an actor, with a legible snapshot. */
  #showActor(actorRef: ActorRefLike, how: Legibility): ActorRefLike {
    const { id, sessionId, logic, src, _parent: parent } = actorRef as ActorRefLike & Inspected;
    const _parent = parent && { id: parent.id, sessionId: parent.sessionId };
    const getSnapshot = (): unknown =>
      legibleSnapshot(actorRef.getSnapshot() as MaybeSnapshot, how);
    return { id, sessionId, logic, src, _parent, getSnapshot } as unknown as ActorRefLike;
  }

  /** Calls and handlers have their procedure in their context, commands of a peer in the event. */
  #howOf(actorRef: ActorRefLike, event?: object): Legibility {
    const { context } = (actorRef.getSnapshot() as MaybeSnapshot) ?? {};
    const procedure = [context, event as MaybeRequest]
      .map((source) => source?.procedure)
      .find((name) => typeof name === 'string');
    const transaction = this.#transactionOf(actorRef, context);
    return { isMasked: this.#isMasked, procedure, transaction };
  }

  /** Nothing is known of what a machine of the user, or another actor of an endpoint, is shown. */
  #transactionOf(actorRef: ActorRefLike, context: MaybeRequest): Transaction {
    const isMasked = this.#isMasked;
    if (isMasked === NOTHING_MASKED) return OPEN;
    const { procedure, args, headers, transactionId } = context ?? {};
    if (typeof procedure !== 'string' || typeof transactionId !== 'string') return UNKNOWN;
    const seen = this.#transactions.get(actorRef);
    if (seen !== undefined) return seen;
    const about = { isMasked, procedure };
    const hasMasked =
      holdsMasked(args, ['args'], about) || holdsMasked(headers, ['headers'], about);
    const transaction = { procedure, hasMasked };
    this.#transactions.set(actorRef, transaction);
    return transaction;
  }
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
  const shown = legibleMembers({ output, error }, how);
  // A mask may hide the whole.
  const ended = shown === MASKED ? { output: shown, error: shown } : (shown as object);
  const all = { ...snapshot, ...ended, context: legibleMembers(context, how) };
  return all as unknown as Snapshot<unknown>;
}

/** A snapshot; undefined while XState reports an actor that has none yet. */
type MaybeSnapshot = { context?: MaybeRequest; output?: unknown; error?: unknown } | undefined;

/** The context of a call or a handler, or a command of a peer; or anything else. */
type MaybeRequest =
  | {
      readonly procedure?: unknown;
      readonly args?: unknown;
      readonly headers?: unknown;
      readonly transactionId?: unknown;
    }
  | undefined;
