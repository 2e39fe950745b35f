/**
 * Machines: what the page knows of users' own actors. Limits bound it: actors that have ended are
 * removed first, and of all steps the oldest.
 */
import { Fifo } from '../../fifo.js';
import type { InspectionRecord, MachineRecord, RecordOf } from '../../record.js';
import type { Side } from './transaction.js';

/** A program whose actors are shown. */
export interface ProgramState {
  record: RecordOf<'program'>;
  counts: RecordOf<'program.counts'> | undefined;
  closed: RecordOf<'endpoint.closed'> | undefined;
  /** By number. Bounded by `MAX_MACHINES`. */
  readonly machines: Map<number, RecordOf<'machine'>>;
}

/** An actor of a user. */
export interface ActorState {
  /** Identifies it, even after the store was filled again. */
  readonly key: string;
  readonly record: RecordOf<'actor'>;
  readonly program: ProgramState;
  readonly parent: ActorState | undefined;
  readonly children: Set<ActorState>;
  /** Oldest first. Bounded by `MAX_STEPS_OF_ACTOR`. */
  readonly steps: RecordOf<'actor.step'>[];
  /** How many steps there were besides. */
  stepsDropped: number;
}

/** The most of each that are kept. */
export interface MachineLimits {
  readonly actors: number;
  /** Of all actors together. */
  readonly steps: number;
}

const LIMITS: MachineLimits = { actors: 2_000, steps: 5_000 };
const MAX_PROGRAMS = 64;
const MAX_MACHINES = 256;
const MAX_STEPS_OF_ACTOR = 200;

export class Machines {
  readonly #limits: MachineLimits;
  readonly #programs = new Map<string, ProgramState>();
  readonly #actors = new Map<string, ActorState>();
  /** By process and session id. If several programs show an actor, by the last of them. */
  readonly #bySession = new Map<string, ActorState>();
  /** What each actor made that is kept. Bounded by the sides of the store. */
  readonly #made = new Map<string, Set<Side>>();
  readonly #ended = new Fifo<ActorState>();
  #steps = 0;

  constructor(limits: Partial<MachineLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  get programs(): ProgramState[] {
    return [...this.#programs.values()];
  }

  /** The oldest first. */
  get actors(): ActorState[] {
    return [...this.#actors.values()];
  }

  /** The records that are kept, but for those of the programs themselves. */
  *records(): Iterable<InspectionRecord> {
    for (const { machines, counts, closed } of this.#programs.values()) {
      yield* machines.values();
      if (counts !== undefined) yield counts;
      if (closed !== undefined) yield closed;
    }
    for (const { record, steps } of this.#actors.values()) {
      yield record;
      yield* steps;
    }
  }

  /** The records of what lives, with nothing of its past. */
  *livingRecords(): Iterable<InspectionRecord> {
    for (const { record, machines, counts, closed } of this.#programs.values()) {
      if (closed !== undefined) continue;
      yield record;
      yield* machines.values();
      if (counts !== undefined) yield counts;
    }
    for (const actor of this.#actors.values()) {
      if (actorStatus(actor) !== 'active') continue;
      yield actor.record;
      const { steps } = actor;
      const last = steps.at(-1);
      if (last !== undefined) yield { ...last, context: contextAt(steps, steps.length - 1) };
    }
  }

  actor(key: string | undefined): ActorState | undefined {
    return this.#actors.get(key ?? '');
  }

  /** The actor that made a call, as far as it is shown. */
  makerOf({ record }: Side): ActorState | undefined {
    const key = makerKey(record);
    return key === undefined ? undefined : this.#bySession.get(key);
  }

  /** The calls and notifications that an actor made, and those below it that have no machine. */
  madeBy(actor: ActorState): Side[] {
    const made: Side[] = [];
    const add = (one: ActorState): void => {
      for (const side of this.#made.get(sessionKey(one)) ?? []) made.push(side);
      for (const child of one.children) if (child.record.machine === undefined) add(child);
    };
    add(actor);
    return made.sort((a, b) => a.number - b.number);
  }

  apply(record: MachineRecord): void {
    switch (record.type) {
      case 'program':
        this.#addProgram(record);
        return;
      case 'machine': {
        const machines = this.#programs.get(record.endpoint)?.machines;
        if (machines !== undefined && machines.size < MAX_MACHINES) {
          machines.set(record.machine, record);
        }
        return;
      }
      case 'actor':
        this.#addActor(record);
        return;
      case 'actor.step':
        this.#addStep(record);
        return;
      case 'program.counts': {
        const program = this.#programs.get(record.endpoint);
        if (program !== undefined) program.counts = record;
      }
    }
  }

  /** An endpoint closed, or a program; or its feed broke off. */
  closed(record: RecordOf<'endpoint.closed'>): void {
    const program = this.#programs.get(record.endpoint);
    if (program !== undefined) program.closed = record;
  }

  /** A side came to the store. */
  added(side: Side): void {
    const key = makerKey(side.record);
    if (key === undefined) return;
    const made = this.#made.get(key) ?? new Set();
    this.#made.set(key, made.add(side));
  }

  /** A side was removed from the store. */
  removed(side: Side): void {
    const key = makerKey(side.record);
    const made = key === undefined ? undefined : this.#made.get(key);
    if (key === undefined || made === undefined) return;
    made.delete(side);
    if (made.size === 0) this.#made.delete(key);
  }

  #addProgram(record: RecordOf<'program'>): void {
    const known = this.#programs.get(record.endpoint);
    if (known !== undefined) {
      known.record = record;
      known.closed = undefined;
      return;
    }
    if (this.#programs.size === MAX_PROGRAMS) return;
    const program = { record, counts: undefined, closed: undefined, machines: new Map() };
    this.#programs.set(record.endpoint, program);
  }

  #addActor(record: RecordOf<'actor'>): void {
    const program = this.#programs.get(record.endpoint);
    const key = keyOf(record.endpoint, record.session);
    if (program === undefined || this.#actors.has(key)) return;
    const parent = this.#actors.get(keyOf(record.endpoint, record.parent ?? ''));
    const actor: ActorState = {
      ...{ key, record, program, parent },
      ...{ children: new Set<ActorState>(), steps: [], stepsDropped: 0 },
    };
    parent?.children.add(actor);
    this.#actors.set(key, actor);
    this.#bySession.set(sessionKey(actor), actor);
    if (this.#actors.size > this.#limits.actors) this.#evict();
  }

  #addStep(step: RecordOf<'actor.step'>): void {
    const actor = this.#actors.get(keyOf(step.endpoint, step.session));
    // An actor that has ended takes no more events.
    if (actor === undefined || hasEnded(actor)) return;
    actor.steps.push(step);
    actor.stepsDropped += step.skipped ?? 0;
    this.#steps += 1;
    if (hasEnded(actor)) this.#ended.push(actor);
    if (actor.steps.length > MAX_STEPS_OF_ACTOR) this.#dropStep(actor);
    if (this.#steps > this.#limits.steps) this.#shortenLongest();
  }

  /** Those with the most steps lose some, so that a busy actor pushes out no steps of others. */
  #shortenLongest(): void {
    const longest = Math.max(...[...this.#actors.values()].map(({ steps }) => steps.length));
    for (const actor of this.#actors.values()) {
      while (actor.steps.length > Math.max(1, longest / 2)) this.#dropStep(actor);
    }
  }

  /** What the dropped step changed, the next one shows. */
  #dropStep(actor: ActorState): void {
    const dropped = actor.steps.shift();
    const [next] = actor.steps;
    if (next !== undefined) next.context ??= dropped?.context;
    actor.stepsDropped += 1;
    this.#steps -= 1;
  }

  #evict(): void {
    const actor = this.#ended.shift() ?? this.#actors.values().next().value;
    if (actor === undefined) return;
    this.#actors.delete(actor.key);
    this.#steps -= actor.steps.length;
    actor.parent?.children.delete(actor);
    if (this.#bySession.get(sessionKey(actor)) === actor) this.#bySession.delete(sessionKey(actor));
  }
}

/** The context as it was after this step. */
export function contextAt(steps: ActorState['steps'], index: number): unknown {
  return steps.slice(0, index + 1).findLast(({ context }) => context !== undefined)?.context;
}

export function lastStep({ steps }: ActorState): RecordOf<'actor.step'> | undefined {
  return steps.at(-1);
}

/** `lost` if its program is not heard of any more. */
export function actorStatus(actor: ActorState): RecordOf<'actor.step'>['status'] | 'lost' {
  const status = lastStep(actor)?.status ?? 'active';
  return status === 'active' && actor.program.closed !== undefined ? 'lost' : status;
}

function hasEnded(actor: ActorState): boolean {
  const step = lastStep(actor);
  return step !== undefined && step.status !== 'active';
}

function keyOf(endpoint: string, session: string): string {
  return `${endpoint} ${session}`;
}

function sessionKey({ record, program }: ActorState): string {
  return keyOf(program.record.process, record.session);
}

function makerKey(record: Side['record']): string | undefined {
  if (record.type === 'handler' || record.madeBy === undefined) return undefined;
  return keyOf(record.madeBy.process, record.madeBy.session);
}
