/**
 * Living: the records of the calls, notifications and handlers that live at one endpoint, or of the
 * users' actors that live in one program.
 */
import { ACTOR_FAILED, kindOfDatagram, kindOfEnd, UNFINISHED, WELL } from '../kind.js';
import type { InspectionRecord, RecordOf } from '../record.js';
import type { KeptRecord } from './kept-record.js';

/**
 * The most records of one actor, for a call that is repeated for a long time. Beyond that the
 * second record is released: the first says which call it is.
 */
const MAX_RECORDS_OF_ACTOR = 64;

/**
 * The most actors of one transaction at one endpoint: the call and its handler, when the endpoint
 * calls itself. A feed could say that thousands have the same id, and then each datagram of it
 * would belong to all of them.
 */
const MAX_ACTORS_OF_TRANSACTION = 2;

type Beginning = RecordOf<'call'> | RecordOf<'notification'> | RecordOf<'handler'>;

/** The number of an actor of an endpoint, or the session id of an actor of a user. */
type ActorKey = number | string;

interface LivingActor {
  readonly key: ActorKey;
  /** Absent for an actor of a user. */
  readonly type: Beginning['type'] | undefined;
  readonly transactionId: string | undefined;
  readonly records: KeptRecord[];
  chars: number;
}

/** Takes a record that nothing needs any more, and its kind. */
type Release = (kept: KeptRecord, kind: string) => void;

/** Its owner bounds it, by `dropOldest`. */
export class Living {
  readonly #release: Release;
  /** The oldest first. */
  readonly #actors = new Map<ActorKey, LivingActor>();
  /** The actors of a transaction. Bounded by `MAX_ACTORS_OF_TRANSACTION`. */
  readonly #byTransaction = new Map<string, LivingActor[]>();
  #chars = 0;

  constructor(release: Release) {
    this.#release = release;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** The total length of its texts. */
  get chars(): number {
    return this.#chars;
  }

  /** Takes the record if it belongs to an actor that lives, or else releases it. */
  add(record: InspectionRecord, kept: KeptRecord): void {
    switch (record.type) {
      case 'call':
      case 'notification':
      case 'handler':
        this.#end(this.#actors.get(record.actor), UNFINISHED);
        this.#begin(record, kept);
        return;
      case 'step':
        this.#step(record, kept);
        return;
      case 'actor':
        this.#end(this.#actors.get(record.session), UNFINISHED);
        this.#append(this.#put(record.session, undefined, undefined), kept);
        return;
      case 'actor.step':
        this.#actorStep(record, kept);
        return;
      case 'datagram':
        for (const { transactionId = '' } of record.frames) {
          for (const actor of this.#byTransaction.get(transactionId) ?? []) {
            this.#append(actor, kept);
          }
        }
        if (kept.needs === 0) this.#release(kept, kindOfDatagram(record));
        return;
      default:
        this.#release(kept, UNFINISHED);
    }
  }

  /** Ends the oldest actor, as if its end had not been seen. */
  dropOldest(): void {
    const [oldest] = this.#actors.values();
    this.#end(oldest, UNFINISHED);
  }

  /** Ends all. */
  clear(): void {
    for (const actor of [...this.#actors.values()]) this.#end(actor, UNFINISHED);
  }

  #step(step: RecordOf<'step'>, kept: KeptRecord): void {
    const actor = this.#actors.get(step.actor);
    const kind = actor?.type === undefined ? UNFINISHED : kindOfEnd(actor.type, step);
    if (actor !== undefined && !step.final) {
      this.#append(actor, kept);
      return;
    }
    this.#end(actor, kind);
    this.#release(kept, kind);
  }

  #actorStep(step: RecordOf<'actor.step'>, kept: KeptRecord): void {
    const actor = this.#actors.get(step.session);
    if (actor !== undefined && step.status === 'active') {
      this.#append(actor, kept);
      return;
    }
    const kind = step.status === 'error' ? ACTOR_FAILED : WELL;
    this.#end(actor, kind);
    this.#release(kept, kind);
  }

  #begin({ type, actor: number, transactionId }: Beginning, kept: KeptRecord): void {
    const others = this.#byTransaction.get(transactionId) ?? [];
    if (others.length >= MAX_ACTORS_OF_TRANSACTION) this.#end(others[0], UNFINISHED);
    const actor = this.#put(number, type, transactionId);
    const left = this.#byTransaction.get(transactionId) ?? [];
    this.#byTransaction.set(transactionId, [...left, actor]);
    this.#append(actor, kept);
  }

  #put(key: ActorKey, type: LivingActor['type'], transactionId: string | undefined): LivingActor {
    const actor: LivingActor = { key, type, transactionId, records: [], chars: 0 };
    this.#actors.set(key, actor);
    return actor;
  }

  #append(actor: LivingActor, kept: KeptRecord): void {
    if (actor.records.at(-1) === kept) return;
    actor.records.push(kept);
    kept.needs += 1;
    this.#grow(actor, kept.text.length);
    if (actor.records.length <= MAX_RECORDS_OF_ACTOR) return;
    const [second] = actor.records.splice(1, 1);
    if (second === undefined) return;
    this.#grow(actor, -second.text.length);
    this.#drop(second, UNFINISHED);
  }

  #grow(actor: LivingActor, chars: number): void {
    actor.chars += chars;
    this.#chars += chars;
  }

  #end(actor: LivingActor | undefined, kind: string): void {
    if (actor === undefined) return;
    this.#actors.delete(actor.key);
    this.#chars -= actor.chars;
    if (actor.transactionId !== undefined) this.#leave(actor.transactionId, actor);
    for (const kept of actor.records) this.#drop(kept, kind);
  }

  #leave(transactionId: string, actor: LivingActor): void {
    const others = this.#byTransaction.get(transactionId)?.filter((other) => other !== actor) ?? [];
    if (others.length === 0) this.#byTransaction.delete(transactionId);
    else this.#byTransaction.set(transactionId, others);
  }

  #drop(kept: KeptRecord, kind: string): void {
    kept.needs -= 1;
    if (kept.needs === 0) this.#release(kept, kind);
  }
}
