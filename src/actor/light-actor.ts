/**
 * Light actor: the interface of an XState actor over a compiled transition table.
 *
 * It behaves like `createActor(machine)` for every event: same states, contexts, output, emitted
 * events, notifications and inspection events (`test/actor/equality.test.ts` compares the two). It
 * costs a fraction of that, because it steps an array instead of interpreting a chart, and builds
 * snapshots and inspection events only on demand.
 *
 * Two differences are intended: a finished light actor does not send `xstate.done.actor.*` to its
 * parent (methods are called instead), and errors of user callbacks are reported, not rethrown
 * globally.
 */
import type {
  ActorRef,
  AnyActorRef,
  AnyMachineSnapshot,
  AnyStateMachine,
  ContextFrom,
  EmittedFrom,
  EventFromLogic,
  EventObject,
  InputFrom,
  InteropSubscribable,
  Observer,
  Readable,
  Snapshot,
  SnapshotFrom,
  Subscription,
} from 'xstate';
import type { Inspection } from './inspection.js';
import { answerAsObservable } from './observers.js';
import type { ObserverOrNext } from './observers.js';
import { Selection } from './selection.js';
import { firstOpen, settledRow } from './table.js';
import type { Branch, MachineTable, Row } from './table.js';
import { Watchers } from './watchers.js';

/** What all light actors need: the inspection, and a receiver for errors of user code. */
export interface LightActorHome {
  readonly inspection: Inspection;
  /** Gets errors that the user's observers and listeners throw. */
  readonly reportError: (error: unknown) => void;
}

const NO_EVENT: EventObject = { type: '' };

let actorCount = 0;

/** An actor that steps the table of `TMachine`. All actors of its kind share a `THome`. */
export class LightActor<
  TMachine extends AnyStateMachine,
  THome extends LightActorHome = LightActorHome,
> implements ActorRef<SnapshotFrom<TMachine>, EventFromLogic<TMachine>, EmittedFrom<TMachine>> {
  readonly _parent?: AnyActorRef;

  protected readonly home: THome;
  readonly #table: MachineTable<TMachine>;
  readonly number = ++actorCount;
  protected row: Row;
  /** The current context, not a snapshot of it. Only the machine's actions write it. */
  context: ContextFrom<TMachine>;
  /** Whether the context was given away in a snapshot, and may still be read. */
  #contextIsShared = false;
  #stepping = false;
  /** Created for actors that are watched, or that get an event while they process another. */
  #watchers: Watchers<TMachine> | undefined;

  constructor(
    table: MachineTable<TMachine>,
    home: THome,
    input: InputFrom<TMachine>,
    parent?: AnyActorRef,
  ) {
    this.#table = table;
    this.home = home;
    this.context = table.contextOf(input) as ContextFrom<TMachine>;
    this.row = settledRow(table.initial, this.context, NO_EVENT);
    if (parent !== undefined) this._parent = parent;
    if (home.inspection.active) this.#watch().unreported = { input };
  }

  /** A readable name that is usually unique. `sessionId` is always unique. */
  get id(): string {
    return this.sessionId;
  }

  get sessionId(): string {
    return `light:${this.number}`;
  }

  /** The actor itself. By it XState knows a ref, as in a context that is persisted. */
  get ref(): this {
    return this;
  }

  get logic(): TMachine {
    return this.#table.machine;
  }

  get src(): TMachine {
    return this.logic;
  }

  get system(): AnyActorRef['system'] {
    if (this._parent === undefined) throw new Error(`The actor '${this.id}' has no actor system.`);
    return this._parent.system;
  }

  get state(): string {
    return this.row.name;
  }

  get done(): boolean {
    return this.row.final;
  }

  send(event: EventFromLogic<TMachine>): void {
    this.receive(event);
  }

  /** Processes an event at once. `source` is its sender, for inspectors. */
  receive(event: EventFromLogic<TMachine>, source?: AnyActorRef): void {
    if (this.home.inspection.active) this.home.inspection.eventSent(this, event, source);
    this._send(event);
  }

  /** XState's actor systems deliver here (`sendTo`, `forwardTo`), after they reported the event. */
  _send(event: EventFromLogic<TMachine>): void {
    if (this.row.final) return;
    if (this.#stepping) {
      (this.#watch().pending ??= []).push(event);
      return;
    }
    this.#process(event);
    const pending = this.#watchers?.pending;
    if (pending !== undefined) this.#drain(pending);
  }

  #drain(pending: EventFromLogic<TMachine>[]): void {
    while (pending.length > 0 && !this.row.final) {
      this.#process(pending.shift() as EventFromLogic<TMachine>);
    }
  }

  #process(event: EventFromLogic<TMachine>): void {
    this.#stepping = true;
    const { name: previous } = this.row;
    try {
      const branch = this.#choose(event);
      if (branch !== undefined) this.#take(branch, event);
      if (this.#watchers !== undefined) {
        this.#watchers.notify(() => this.getSnapshot(), this.row.final);
      }
      const { inspection } = this.home;
      if (inspection.active) inspection.snapshotTaken(this, event, this.getSnapshot());
      if (branch === undefined) return;
      for (const tap of inspection.taps) tap.actorStepped(this, event);
      // Events that `entered` sends are queued, as in XState.
      this.entered(this.row.name, event, previous);
    } finally {
      // A user's event may throw when it is read. The actor continues without it.
      this.#stepping = false;
    }
  }

  /** Called after each transition, with the state now, the event that led to it, and the state before. */
  protected entered(_state: string, _event: EventFromLogic<TMachine>, _previous: string): void {
    // Actors that do something on a transition override this.
  }

  #choose(event: EventFromLogic<TMachine>): Branch | undefined {
    const branches = this.row.branches.get((event as EventObject).type);
    return branches === undefined ? undefined : firstOpen(branches, this.context, event);
  }

  #take(branch: Branch, event: EventFromLogic<TMachine>): void {
    const watchers = this.#watchers;
    const listeners = watchers?.listeners;
    let emitted: EmittedFrom<TMachine>[] | undefined;
    for (const effect of branch.effects) {
      if (effect.kind === 'assign') {
        // XState always copies. It is needed only if the context is shared.
        if (this.#contextIsShared) this.#copyContext();
        effect.write(this.context, event);
      } else if (listeners !== undefined) {
        const { context } = this;
        (emitted ??= []).push(effect.emit({ context, event }) as EmittedFrom<TMachine>);
      }
    }
    this.row = settledRow(branch.target, this.context, event);
    if (watchers !== undefined) watchers.snapshot = undefined;
    // As in XState, listeners find the actor in its new state.
    if (emitted !== undefined) for (const one of emitted) listeners?.emit(one);
  }

  #copyContext(): void {
    this.context = { ...(this.context as object) } as ContextFrom<TMachine>;
    this.#contextIsShared = false;
  }

  #watch(): Watchers<TMachine> {
    return (this.#watchers ??= new Watchers(this.home.reportError));
  }

  getSnapshot(): SnapshotFrom<TMachine> {
    const watchers = this.#watch();
    watchers.snapshot ??= this.#takeSnapshot();
    return watchers.snapshot as SnapshotFrom<TMachine>;
  }

  #takeSnapshot(): AnyMachineSnapshot {
    this.#contextIsShared = true;
    const output = this.row.final ? this.#table.outputOf(this.context) : undefined;
    return { ...this.row.snapshot, context: this.context, output } as AnyMachineSnapshot;
  }

  subscribe(observer: Observer<SnapshotFrom<TMachine>>): Subscription;
  subscribe(
    next?: (snapshot: SnapshotFrom<TMachine>) => void,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription;
  subscribe(
    observerOrNext?: ObserverOrNext<SnapshotFrom<TMachine>>,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription {
    return this.#watch().subscribe(observerOrNext, error, complete, this.row.final);
  }

  on<TType extends EmittedFrom<TMachine>['type'] | '*'>(
    type: TType,
    listener: (
      emitted: EmittedFrom<TMachine> & (TType extends '*' ? unknown : { type: TType }),
    ) => void,
  ): Subscription {
    return this.#watch().on(type, listener);
  }

  select<TSelected>(
    selector: (snapshot: SnapshotFrom<TMachine>) => TSelected,
    equal: (a: TSelected, b: TSelected) => boolean = Object.is,
  ): Readable<TSelected> {
    return new Selection(this, selector, equal);
  }

  /** Does nothing, as in XState for an actor that was started: a light actor runs at once. */
  start(): this {
    return this;
  }

  /**
   * Reports the actor to inspectors. Call it once, when the actor is fully constructed, because an
   * inspector may use it at once. The actor takes events even before that.
   */
  protected report(): void {
    for (const tap of this.home.inspection.taps) tap.actorStarted(this);
    const unreported = this.#watchers?.unreported;
    if (unreported === undefined) return;
    this.#watch().unreported = undefined;
    this.home.inspection.actorStarted(this, unreported.input, this._parent);
  }

  /**
   * Not supported: light actors end only by reaching a final state.
   *
   * @throws Error always, as XState does for every actor that is not a root actor.
   */
  stop(): never {
    throw new Error(`The actor '${this.id}' is not a root actor and cannot be stopped directly.`);
  }

  getPersistedSnapshot(): Snapshot<unknown> {
    return this.logic.getPersistedSnapshot(this.getSnapshot());
  }

  toJSON(): { xstate$$type: number; id: string } {
    return { xstate$$type: 1, id: this.id };
  }

  declare [Symbol.observable]: () => InteropSubscribable<SnapshotFrom<TMachine>>;

  static {
    answerAsObservable(this.prototype);
  }
}
