/**
 * Living: the records of the calls, notifications and handlers that live at one endpoint, or of the
 * users' actors that live in one program.
 */
import type { InspectionRecord } from '../record.js';

/**
 * A record as it is kept: as text. Text has a third of the size of objects and can be sent as it
 * is.
 */
export interface KeptRecord {
  /** The place of the record among all that came, from 1. */
  readonly position: number;
  readonly text: string;
}

/**
 * The most records of one actor, for a call that is repeated for a long time. Beyond that the
 * second record is dropped: the first says which call it is.
 */
const MAX_RECORDS_OF_ACTOR = 64;

/**
 * The most actors of one transaction at one endpoint: the call and its handler, when the endpoint
 * calls itself. A feed could say that thousands have the same id, and then each datagram of it
 * would belong to all of them.
 */
const MAX_ACTORS_OF_TRANSACTION = 2;

/** The number of an actor of an endpoint, or the session id of an actor of a user. */
type ActorKey = number | string;

interface LivingActor {
  readonly key: ActorKey;
  /** Absent for an actor of a user. */
  readonly transactionId: string | undefined;
  readonly records: KeptRecord[];
  chars: number;
}

/** Its owner bounds it, by `dropOldest`. */
export class Living {
  /** The oldest first. */
  readonly #actors = new Map<ActorKey, LivingActor>();
  /** The actors of a transaction. Bounded by `MAX_ACTORS_OF_TRANSACTION`. */
  readonly #byTransaction = new Map<string, LivingActor[]>();
  #chars = 0;

  get size(): number {
    return this.#actors.size;
  }

  /** The total length of its texts. */
  get chars(): number {
    return this.#chars;
  }

  /**
   * Takes the record if it belongs to such an actor. Returns how many records were dropped for
   * it.
   */
  add(record: InspectionRecord, kept: KeptRecord): number {
    switch (record.type) {
      case 'call':
      case 'notification':
      case 'handler':
        this.#end(record.actor);
        return this.#begin(record.actor, record.transactionId, kept);
      case 'step':
        if (record.final) {
          this.#end(record.actor);
          return 0;
        }
        return this.#append(this.#actors.get(record.actor), kept);
      case 'actor':
        this.#end(record.session);
        this.#put(record.session, undefined, kept);
        return 0;
      case 'actor.step':
        if (record.status !== 'active') {
          this.#end(record.session);
          return 0;
        }
        return this.#append(this.#actors.get(record.session), kept);
      case 'datagram':
        return record.frames
          .flatMap(({ transactionId = '' }) => this.#byTransaction.get(transactionId) ?? [])
          .reduce((dropped, actor) => dropped + this.#append(actor, kept), 0);
      default:
        return 0;
    }
  }

  /** Forgets the oldest actor. Returns how many records it had. */
  dropOldest(): number {
    const [oldest] = this.#actors.values();
    return this.#drop(oldest);
  }

  clear(): void {
    this.#actors.clear();
    this.#byTransaction.clear();
    this.#chars = 0;
  }

  records(): KeptRecord[] {
    return [...this.#actors.values()].flatMap(({ records }) => records);
  }

  /** Returns how many records were dropped to make room. */
  #begin(key: number, transactionId: string, kept: KeptRecord): number {
    const others = this.#byTransaction.get(transactionId) ?? [];
    const dropped = others.length < MAX_ACTORS_OF_TRANSACTION ? 0 : this.#drop(others[0]);
    const actor = this.#put(key, transactionId, kept);
    const left = this.#byTransaction.get(transactionId) ?? [];
    this.#byTransaction.set(transactionId, [...left, actor]);
    return dropped;
  }

  #put(key: ActorKey, transactionId: string | undefined, kept: KeptRecord): LivingActor {
    const actor = { key, transactionId, records: [kept], chars: kept.text.length };
    this.#actors.set(key, actor);
    this.#chars += actor.chars;
    return actor;
  }

  #drop(actor: LivingActor | undefined): number {
    if (actor === undefined) return 0;
    this.#end(actor.key);
    return actor.records.length;
  }

  #append(actor: LivingActor | undefined, kept: KeptRecord): number {
    if (actor === undefined || actor.records.at(-1) === kept) return 0;
    actor.records.push(kept);
    this.#grow(actor, kept.text.length);
    if (actor.records.length <= MAX_RECORDS_OF_ACTOR) return 0;
    const [dropped] = actor.records.splice(1, 1);
    this.#grow(actor, -(dropped?.text.length ?? 0));
    return 1;
  }

  #grow(actor: LivingActor, chars: number): void {
    actor.chars += chars;
    this.#chars += chars;
  }

  #end(key: ActorKey): void {
    const actor = this.#actors.get(key);
    if (actor === undefined) return;
    this.#actors.delete(key);
    this.#chars -= actor.chars;
    const { transactionId } = actor;
    if (transactionId === undefined) return;
    const others = this.#byTransaction.get(transactionId)?.filter((other) => other !== actor) ?? [];
    if (others.length === 0) this.#byTransaction.delete(transactionId);
    else this.#byTransaction.set(transactionId, others);
  }
}
