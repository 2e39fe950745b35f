/**
 * Datagram log: every frame that the store keeps, in the order in which they came to the page. These
 * are the latest ones, those of kept transactions, and the latest of those that belong to none, such
 * as malformed ones: a storm of calls does not push them out.
 */
import type { RecordOf } from '../../record.js';
import type { Names } from './names.js';
import { Recent } from './recent.js';
import type { StoreLimits } from './store-limits.js';
import type { Frame } from './transaction.js';
import { MAX_FRAMES } from './transaction.js';
import type { Transactions } from './transactions.js';

/** Frames that are no longer kept are let go of when they are this share of all, plus a few. */
const MAX_SPENT_SHARE = 0.25;
const MAX_SPENT = 1_024;

type LogLimits = Pick<StoreLimits, 'recentFrames' | 'strayFrames'>;

export class DatagramLog {
  readonly #recentFrames: number;
  readonly #strays: Recent<Frame>;
  #frames: Frame[] = [];
  #number = 0;
  #roomUntil = MAX_SPENT;
  #cleanings = 0;

  constructor({ recentFrames, strayFrames }: LogLimits) {
    this.#recentFrames = recentFrames;
    this.#strays = new Recent(strayFrames);
  }

  /** How often frames that are no longer kept were let go of. */
  get cleanings(): number {
    return this.#cleanings;
  }

  /** Adds the frames of a datagram, here and to their transactions. */
  add(datagram: RecordOf<'datagram'>, names: Names, transactions: Transactions): void {
    datagram.endpoint = names.of(datagram.endpoint);
    datagram.peer = names.of(datagram.peer);
    const { endpoint, peer, direction, atMs } = datagram;
    for (const { type, transactionId, base64, fate, masked } of datagram.frames) {
      const transaction = transactionId === undefined ? undefined : transactions.of(transactionId);
      const place = transaction?.frames.length ?? MAX_FRAMES;
      const frame: Frame = {
        number: this.#number,
        datagram,
        endpoint,
        peer,
        direction,
        atMs,
        base64,
        transaction,
        place: place < MAX_FRAMES ? place : undefined,
        type: type === undefined ? 'unreadable' : names.of(type),
        fate: fate === undefined ? undefined : names.of(fate),
        masked: masked === true,
      };
      this.#number += 1;
      if (frame.place !== undefined) transaction?.frames.push(frame);
      this.#keep(frame);
    }
  }

  /** The latest frames, the oldest first. */
  latest(count = this.#recentFrames): Frame[] {
    return this.#frames.slice(-Math.min(count, this.#recentFrames));
  }

  /** The frames that came after the one with this number. */
  after(number: number): Frame[] {
    return this.#frames.slice(this.#indexOf(number + 1));
  }

  kept(): Frame[] {
    const newest = this.#frames.at(-1)?.number ?? 0;
    const oldestStray = this.#strays.items()[0]?.number ?? 0;
    return this.#frames.filter(({ number, transaction, place }) => {
      if (number > newest - this.#recentFrames) return true;
      if (transaction === undefined) return number >= oldestStray;
      return place !== undefined && !transaction.gone;
    });
  }

  has(frame: Frame): boolean {
    return this.#frames[this.#indexOf(frame.number)] === frame;
  }

  #keep(frame: Frame): void {
    this.#frames.push(frame);
    if (frame.transaction === undefined) this.#strays.add(frame);
    if (this.#frames.length > this.#roomUntil) this.#clean();
  }

  #clean(): void {
    this.#frames = this.kept();
    this.#roomUntil = this.#frames.length * (1 + MAX_SPENT_SHARE) + MAX_SPENT;
    this.#cleanings += 1;
  }

  /** The index of the first frame whose number is at least this one. */
  #indexOf(number: number): number {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#frames[middle]?.number ?? Infinity) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
