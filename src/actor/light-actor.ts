/**
 * A light actor: XState's actor surface over a compiled transition table.
 *
 * It behaves as `createActor(machine)` does, event by event: same states, contexts, output, emitted
 * events, notifications and inspection events (`test/actor/equality.test.ts` holds the two side by
 * side). It costs a fraction, because it steps an array instead of interpreting a chart, and builds
 * snapshots and inspection events only for those who look.
 *
 * Two differences, on purpose: a finished light actor sends its parent no `xstate.done.actor.*`
 * (parents are told by plain calls), and what user callbacks throw is reported, not rethrown globally.
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
import { Selection } from './selection.js';
import type { Branch, MachineTable, Row } from './table.js';
import { Watchers } from './watchers.js';
import type { ObserverOrNext } from './watchers.js';

/** What light actors share with their surroundings: who watches, and who hears of user errors. */
export interface LightActorHome {
  readonly inspection: Inspection;
  /** Takes what an observer or listener of the user's threw. */
  readonly reportError: (error: unknown) => void;
}

const NO_CONTEXT = {};
const NO_EVENT: EventObject = { type: '' };

/** What the effect at hand may read. There is one, because effects read it before they do anything else. */
const scope: { context: object; event: EventObject } = { context: NO_CONTEXT, event: NO_EVENT };

let actorCount = 0;

/** An actor that steps the table of the XState machine `TMachine`. `THome` is what its kind of actor shares. */
export class LightActor<
  TMachine extends AnyStateMachine,
  THome extends LightActorHome = LightActorHome,
> implements ActorRef<SnapshotFrom<TMachine>, EventFromLogic<TMachine>, EmittedFrom<TMachine>> {
  readonly _parent?: AnyActorRef;

  protected readonly home: THome;
  readonly #table: MachineTable<TMachine>;
  /** The number in its session id. */
  readonly number = ++actorCount;
  /** The state it is in. */
  protected row: Row;
  /** As of now: it changes with the next transition, unlike that of a snapshot. Only the machine's actions write it. */
  context: ContextFrom<TMachine>;
  /** Whether somebody was given the context, and may still look at it. */
  #contextIsShared = false;
  #stepping = false;
  /** What only actors have that somebody watches, or that are sent events in the midst of another. */
  #watchers: Watchers<TMachine> | undefined;

  constructor(
    table: MachineTable<TMachine>,
    home: THome,
    input: InputFrom<TMachine>,
    parent?: AnyActorRef,
  ) {
    this.#table = table;
    this.home = home;
    this.row = table.initial;
    this.context = table.contextOf(input) as ContextFrom<TMachine>;
    if (parent !== undefined) this._parent = parent;
    if (home.inspection.active) this.#watch().unreported = { input };
  }

  /** The readable name of this actor, unique enough for people; `sessionId` is unique. */
  get id(): string {
    return this.sessionId;
  }

  get sessionId(): string {
    return `light:${this.number}`;
  }

  /** The XState machine itself, so that a chart can be drawn. */
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

  /** The name of the current state. */
  get state(): string {
    return this.row.name;
  }

  /** True once the machine has reached a final state: it takes no further event. */
  get done(): boolean {
    return this.row.final;
  }

  send(event: EventFromLogic<TMachine>): void {
    this.receive(event);
  }

  /** Processes an event at once; `source` is the actor it came from, for inspectors. */
  receive(event: EventFromLogic<TMachine>, source?: AnyActorRef): void {
    if (this.home.inspection.active) this.home.inspection.eventSent(this, event, source);
    this._send(event);
  }

  /** XState's actor systems deliver here (`sendTo`, `forwardTo`), having reported the event. */
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
      // What `entered` sends waits its turn, as XState has it.
      this.entered(this.row.name, event);
    } finally {
      // An event of the user's may throw when it is read; the actor goes on without it.
      this.#stepping = false;
    }
  }

  /** Called after each transition taken, with the state the actor is in and the event that led there. */
  protected entered(_state: string, _event: EventFromLogic<TMachine>): void {
    // Actors that have something to do on a transition override this.
  }

  #choose(event: EventFromLogic<TMachine>): Branch | undefined {
    const branches = this.row.branches.get((event as EventObject).type);
    if (branches === undefined) return undefined;
    for (const branch of branches) {
      if (branch.guard === undefined || branch.guard({ context: this.context, event }))
        return branch;
    }
    return undefined;
  }

  #take(branch: Branch, event: EventFromLogic<TMachine>): void {
    const watchers = this.#watchers;
    const listeners = watchers?.listeners;
    let emitted: EmittedFrom<TMachine>[] | undefined;
    for (const effect of branch.effects) {
      scope.context = this.context;
      scope.event = event;
      if (effect.kind === 'assign') {
        const changes = effect.assign(scope);
        // XState copies the context for each change; that takes seven times as long, and is needed only if somebody has it.
        if (this.#contextIsShared) this.#copyContext();
        Object.assign(this.context, changes);
      } else if (listeners !== undefined) {
        (emitted ??= []).push(effect.emit(scope) as EmittedFrom<TMachine>);
      }
    }
    // Else it would keep the last call alive.
    scope.context = NO_CONTEXT;
    scope.event = NO_EVENT;
    this.row = branch.target;
    if (watchers !== undefined) watchers.snapshot = undefined;
    // As with XState: whoever hears of it finds the actor in its new state.
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

  /**
   * Tells inspectors of the actor. Whoever creates a light actor starts it as soon as it is
   * whole: an inspector may use it at once. It takes events even before.
   */
  start(): this {
    for (const tap of this.home.inspection.taps) tap.actorStarted(this);
    const unreported = this.#watchers?.unreported;
    if (unreported === undefined) return this;
    this.#watch().unreported = undefined;
    this.home.inspection.actorStarted(this, unreported.input, this._parent);
    return this;
  }

  /**
   * Light actors end by reaching a final state, never from outside.
   *
   * @throws Error always, as XState does for any actor that is not a root.
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
    // Where the runtime has no `Symbol.observable`, XState and RxJS agree on this string.
    const observable = (Symbol.observable as symbol | undefined) ?? '@@observable';
    Object.defineProperty(this.prototype, observable, {
      value(this: LightActor<AnyStateMachine>) {
        return this;
      },
    });
  }
}
