/** Machine actor: makes the records of one of the users' actors. */
import type { ActorRefLike, AnyEventObject, AnyTransitionDefinition } from 'xstate';
import { shorten } from '../../escape.js';
import { calledBy } from '../../xstate/called.js';
import type { CalledBy } from '../../xstate/called.js';
import type { RecordOf, Unnumbered } from '../record.js';
import { activePaths, sourceName } from './machine-chart.js';
import type { MachineDefinition } from './machine-definitions.js';
import type { MachineMasking } from './machine-masking.js';

/** An actor as XState has it. */
export interface InspectedActor extends ActorRefLike {
  readonly id: string;
  readonly src: unknown;
  readonly logic?: object;
  readonly _parent?: InspectedActor | undefined;
}

/** What is read of a snapshot. */
export interface InspectedSnapshot {
  readonly status: RecordOf<'actor.step'>['status'];
  readonly value?: unknown;
  readonly context?: unknown;
  readonly children?: Readonly<Record<string, InspectedActor | undefined>>;
}

/** An event that an actor took, and what came of it. */
interface Step {
  readonly event: AnyEventObject;
  readonly snapshot: InspectedSnapshot;
}

/**
 * After this many steps the context is told again, even if it is as before: a reader may have only the
 * latest steps.
 */
const STEPS_WITHOUT_CONTEXT = 32;
/** The most transitions of one step. */
const MAX_TAKEN = 64;
const MAX_NAME_LENGTH = 256;

type Emit = (unnumbered: Unnumbered<RecordOf<'actor' | 'actor.step'>>) => void;

export class MachineActor {
  readonly ref: InspectedActor;
  /** How many of its steps were told in this period. */
  told = 0;
  readonly #machine: MachineDefinition | undefined;
  readonly #called: CalledBy | undefined;
  readonly #masking: MachineMasking;
  readonly #emit: Emit;
  readonly #senders = new WeakMap<AnyEventObject, InspectedActor>();
  /** Of the steps since the last that was told. Bounded by `MAX_TAKEN`. */
  #taken: number[] = [];
  /** The last step that was not told. */
  #left: Step | undefined;
  #skipped = 0;
  #toldContext: unknown;
  #toldText = '';
  #stepsSinceContext = 0;

  constructor(
    ref: InspectedActor,
    machine: MachineDefinition | undefined,
    masking: MachineMasking,
    emit: Emit,
  ) {
    this.ref = ref;
    this.#machine = machine;
    this.#called = ref.logic && calledBy(ref.logic);
    this.#masking = masking;
    this.#emit = emit;
    const source = sourceName(ref.src);
    const procedure = this.#called && shorten(this.#called.procedure, MAX_NAME_LENGTH);
    this.#emit({
      type: 'actor',
      session: ref.sessionId,
      ...(ref._parent !== undefined && { parent: ref._parent.sessionId }),
      id: shorten(ref.id, MAX_NAME_LENGTH),
      ...(source !== undefined && { source }),
      ...(machine !== undefined && { machine: machine.number }),
      ...(procedure !== undefined && { procedure }),
    });
  }

  /** Whether it took steps that were not told. */
  get isBehind(): boolean {
    return this.#left !== undefined;
  }

  get snapshot(): InspectedSnapshot {
    return this.ref.getSnapshot() as InspectedSnapshot;
  }

  /** This event was sent to it. */
  sent(event: AnyEventObject, sender: InspectedActor): void {
    this.#senders.set(event, sender);
  }

  moved(transitions: readonly AnyTransitionDefinition[]): void {
    for (const transition of transitions) {
      const place = this.#machine?.places.get(transition);
      if (place !== undefined && this.#taken.length < MAX_TAKEN) this.#taken.push(place);
    }
  }

  /** Leaves out a step, which becomes part of the next that is told. */
  skip(step: Step): void {
    if (this.#left !== undefined) this.#skipped += 1;
    this.#left = step;
  }

  /** Tells the last step that was left out. Returns how many before it were left out for good. */
  catchUp(): number {
    return this.#left === undefined ? 0 : this.#tell(this.#left, this.#skipped);
  }

  /** Returns how many steps before it were left out. */
  tell(step: Step): number {
    return this.#tell(step, this.#skipped + (this.#left === undefined ? 0 : 1));
  }

  #tell({ event, snapshot }: Step, skipped: number): number {
    const { status } = snapshot;
    const sender = this.#senders.get(event);
    const payload = this.#payload(event, sender);
    const context = this.#changedContext(snapshot);
    this.#emit({
      type: 'actor.step',
      session: this.ref.sessionId,
      event: shorten(event.type, MAX_NAME_LENGTH),
      ...(sender !== undefined && { sender: sender.sessionId }),
      ...(payload !== undefined && { payload }),
      status,
      ...(this.#machine !== undefined && { states: activePaths(snapshot.value) }),
      ...(this.#taken.length > 0 && { taken: this.#taken }),
      ...(context !== undefined && { context }),
      ...(status !== 'active' && this.#end(snapshot)),
      ...(skipped > 0 && { skipped }),
    });
    this.told += 1;
    this.#taken = [];
    this.#left = undefined;
    this.#skipped = 0;
    return skipped;
  }

  /** An answer that an invoked call sends its parent is masked as the call's own. */
  #payload(event: AnyEventObject, sender: InspectedActor | undefined): unknown {
    const { type: _type, ...members } = event;
    if (Object.keys(members).length === 0) return undefined;
    return this.#masking.members(
      members,
      this.#called ?? (sender?.logic && calledBy(sender.logic)),
    );
  }

  /** Undefined if it is as it was told before. */
  #changedContext(snapshot: InspectedSnapshot): unknown {
    const context = this.#machine === undefined ? restOf(snapshot) : snapshot.context;
    if (typeof context !== 'object' || context === null) return undefined;
    this.#stepsSinceContext += 1;
    const isDue = this.#stepsSinceContext >= STEPS_WITHOUT_CONTEXT;
    if (context === this.#toldContext && !isDue) return undefined;
    this.#toldContext = context;
    const shown = this.#masking.members(context);
    const text = JSON.stringify(shown);
    if (text === this.#toldText && !isDue) return undefined;
    this.#toldText = text;
    this.#stepsSinceContext = 0;
    return shown;
  }

  #end(snapshot: InspectedSnapshot): { output?: unknown; error?: unknown } {
    const { output, error } = snapshot as { output?: unknown; error?: unknown };
    const shown = this.#masking.members({ output, error }, this.#called);
    if (typeof shown !== 'object' || shown === null) return { output: shown };
    return Object.fromEntries(Object.entries(shown).filter(([, part]) => part !== undefined));
  }
}

/** What the snapshot of other logic has of its own: the health of a peer, or what was last seen. */
function restOf(snapshot: InspectedSnapshot): unknown {
  const own = ['status', 'output', 'error', 'input', '_subscription'];
  const rest = Object.entries(snapshot).filter(
    ([key, value]) => !own.includes(key) && value !== undefined,
  );
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}
