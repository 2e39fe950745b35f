/**
 * Machine recorder: makes records of users' own XState actors, and of what they do.
 *
 * Of too many actors, the later ones are not shown, unless they fail. Of too many steps of an actor,
 * the last of each period is shown, and the others are counted: its state is right in any case. How
 * an actor ends is always shown.
 */
import type { AnyActorRef, AnyEventObject, InspectionEvent, Subscription } from 'xstate';
import { LightActor } from '../../actor/light-actor.js';
import { warnings } from '../../engine/warning.js';
import type { Mask } from '../../legible/mask.js';
import { systemClock } from '../../time/clock.js';
import type { Clock } from '../../time/clock.js';
import type { RecordSink } from '../record.js';
import { epochMsOf, program, randomKey } from './identity.js';
import { MachineActing } from './machine-acting.js';
import { MachineActor } from './machine-actor.js';
import type { InspectedActor, InspectedSnapshot } from './machine-actor.js';
import { MachineDefinitions } from './machine-definitions.js';
import { MachineMasking } from './machine-masking.js';
import { Pulse } from './pulse.js';
import { RecordWriter } from './record-writer.js';
import { once } from './recorder.js';

interface MachineRecorderOptions {
  readonly name?: string | undefined;
  readonly mask?: Mask | undefined;
  readonly clock?: Clock;
}

/** How often what was left out is caught up with. */
const PERIOD_MS = 250;
/** The most actors that are shown at a time, and the most that are new in a period. */
const MAX_ACTORS = 1_000;
const MAX_NEW = 50;
/** The most actors in a period that are shown only because they fail. */
const MAX_FAILED = 10;
/** The most steps in a period, of all actors and of one. */
const MAX_STEPS = 125;
const MAX_STEPS_OF_ACTOR = 25;
/** The most levels of actors above an actor that is found. */
const MAX_LEVELS = 64;

/** The event with which XState starts an actor. */
const INIT = 'xstate.init';
/** The event in the first step of an actor that was found. */
const FOUND = { type: 'inspection.attached' };

export class MachineRecorder {
  readonly #clock: Clock;
  readonly #name: string | undefined;
  readonly #report = once(warnings());
  readonly #writer: RecordWriter;
  readonly #masking: MachineMasking;
  readonly #definitions: MachineDefinitions;
  /** Made when there is something to watch. */
  #acting: MachineActing | undefined;
  readonly #pulse: Pulse;
  /** Bounded by `MAX_ACTORS`. */
  readonly #actors = new Map<InspectedActor, MachineActor>();
  /** Those that were too many when they began. */
  readonly #hidden = new WeakSet<InspectedActor>();
  /** By system. Bounded by the actors that users gave. */
  readonly #watched = new Map<object, Subscription>();
  readonly #skipped = { actors: 0, steps: 0 };
  #toldSkipped = '';
  /** What was told in this period. */
  #new = 0;
  #failed = 0;
  #steps = 0;
  #begun = false;
  #stopped = false;
  #last: InspectionEvent | undefined;

  /** @param sink takes the records. Its first error becomes a warning of the process. */
  constructor(sink: RecordSink, { name, mask, clock = systemClock }: MachineRecorderOptions = {}) {
    this.#clock = clock;
    this.#name = name;
    this.#writer = new RecordWriter(randomKey(), epochMsOf(clock), sink, this.#report);
    this.#masking = new MachineMasking(mask);
    this.#definitions = new MachineDefinitions((unnumbered) => {
      this.#writer.write(unnumbered, clock.nowMs());
    });
    this.#pulse = new Pulse(clock, PERIOD_MS, () => {
      this.#beat();
    });
  }

  /** An inspection observer. It never throws. */
  get inspect(): (event: InspectionEvent) => void {
    this.#acting ??= new MachineActing();
    return this.#observe;
  }

  readonly #observe = (event: InspectionEvent): void => {
    // An observer that was given twice, to an actor and as its option, is told everything twice.
    if (this.#stopped || event === this.#last) return;
    this.#last = event;
    try {
      this.#take(event);
    } catch (error) {
      this.#report(error);
    }
  };

  /** Shows all actors of this actor's system: those that there are, and those that come. */
  watch(actor: AnyActorRef): void {
    if (this.#watched.has(actor.system)) return;
    this.#watched.set(actor.system, actor.system.inspect(this.inspect));
    try {
      this.#find(rootOf(actor));
    } catch (error) {
      this.#report(error);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#pulse.stop();
    this.#writer.stop();
    for (const subscription of this.#watched.values()) subscription.unsubscribe();
  }

  #take(told: InspectionEvent): void {
    this.#acting?.told(told);
    const ref = told.actorRef as InspectedActor;
    // Peers and calls take events as well, but they are no actors of the user.
    if (ref.logic === undefined || ref instanceof LightActor) return;
    switch (told.type) {
      case '@xstate.event':
        this.#sent(ref, told.event, told.sourceRef as InspectedActor | undefined);
        return;
      case '@xstate.microstep':
        this.#actors.get(ref)?.moved(told._transitions);
        return;
      case '@xstate.snapshot':
        this.#stepped(ref, told.event, told.snapshot);
        return;
      case '@xstate.actor':
      case '@xstate.action':
      case '@xstate.transition':
    }
  }

  #sent(ref: InspectedActor, event: AnyEventObject, sender: InspectedActor | undefined): void {
    // Of an actor that has ended, nothing more is shown. It may have ended as it began.
    const isLate = event.type !== INIT && statusOf(ref) !== 'active';
    const actor = isLate ? undefined : this.#actorOf(ref);
    if (sender !== undefined) actor?.sent(event, sender);
  }

  #stepped(ref: InspectedActor, event: AnyEventObject, snapshot: InspectedSnapshot): void {
    this.#pulse.stir();
    const step = { event, snapshot };
    const isActive = snapshot.status === 'active';
    const known = this.#actors.get(ref);
    const actor = known ?? (isActive ? this.#actorOf(ref) : this.#failing(ref, snapshot));
    if (actor === undefined) return;
    if (!isActive) this.#actors.delete(ref);
    if (!isActive || (this.#steps < MAX_STEPS && actor.told < MAX_STEPS_OF_ACTOR)) {
      this.#steps += 1;
      this.#skipped.steps += actor.tell(step);
    } else actor.skip(step);
  }

  /** Undefined if the actor is not shown. */
  #actorOf(ref: InspectedActor): MachineActor | undefined {
    return this.#actors.get(ref) ?? (this.#mayShow(ref) ? this.#show(ref, MAX_LEVELS) : undefined);
  }

  #mayShow(ref: InspectedActor): boolean {
    if (this.#hidden.has(ref)) return false;
    const isInHidden = ref._parent !== undefined && this.#hidden.has(ref._parent);
    if (!isInHidden && this.#new < MAX_NEW && this.#actors.size < MAX_ACTORS) return true;
    this.#hidden.add(ref);
    this.#skipped.actors += 1;
    this.#pulse.stir();
    return false;
  }

  #failing(ref: InspectedActor, { status }: InspectedSnapshot): MachineActor | undefined {
    if (status !== 'error' || !this.#hidden.has(ref) || this.#failed === MAX_FAILED)
      return undefined;
    this.#failed += 1;
    this.#skipped.actors -= 1;
    return this.#show(ref, 0);
  }

  /** Shows it, after those above it. */
  #show(ref: InspectedActor, levels: number): MachineActor {
    const { _parent: parent, logic } = ref;
    if (parent !== undefined && levels > 0 && !this.#actors.has(parent)) {
      if (statusOf(parent) === 'active') this.#show(parent, levels - 1);
    }
    const { write } = this.#writer;
    if (!this.#begun) {
      this.#begun = true;
      const { name, ...about } = program();
      write({ type: 'program', name: this.#name ?? name, ...about }, this.#clock.nowMs());
    }
    this.#new += 1;
    const machine = this.#definitions.of(logic);
    const actor = new MachineActor(ref, machine, this.#masking, (unnumbered) => {
      write(unnumbered, this.#clock.nowMs());
    });
    this.#actors.set(ref, actor);
    return actor;
  }

  #find(ref: InspectedActor): void {
    if (this.#actors.size === MAX_ACTORS || this.#actors.has(ref)) return;
    const snapshot = ref.getSnapshot() as InspectedSnapshot;
    if (snapshot.status !== 'active') return;
    const actor = this.#show(ref, 0);
    actor.tell({ event: FOUND, snapshot });
    for (const child of Object.values(snapshot.children ?? {})) {
      if (child !== undefined) this.#find(child);
    }
  }

  #beat(): void {
    this.#new = 0;
    this.#failed = 0;
    this.#steps = 0;
    for (const actor of [...this.#actors.values()]) {
      actor.told = 0;
      // Of an actor whose action threw, XState tells no snapshot.
      if (actor.snapshot.status !== 'active') {
        this.#stepped(actor.ref, { type: 'xstate.error' }, actor.snapshot);
      } else if (actor.isBehind) this.#catchUp(actor);
    }
    this.#tellSkipped();
  }

  #catchUp(actor: MachineActor): void {
    this.#pulse.stir();
    if (this.#steps === MAX_STEPS) return;
    this.#steps += 1;
    this.#skipped.steps += actor.catchUp();
    // In the next period, it is the turn of others first.
    this.#actors.delete(actor.ref);
    this.#actors.set(actor.ref, actor);
  }

  #tellSkipped(): void {
    const text = JSON.stringify(this.#skipped);
    if (!this.#begun || text === this.#toldSkipped) return;
    this.#toldSkipped = text;
    const skipped = { ...this.#skipped };
    this.#writer.write({ type: 'program.counts', skipped }, this.#clock.nowMs());
  }
}

function rootOf(actor: InspectedActor): InspectedActor {
  let root = actor;
  for (let level = 0; level < MAX_LEVELS && root._parent !== undefined; level += 1) {
    root = root._parent;
  }
  return root;
}

function statusOf(ref: InspectedActor): unknown {
  return (ref.getSnapshot() as InspectedSnapshot | undefined)?.status;
}
