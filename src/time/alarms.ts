import type { Clock } from './clock.js';
import { DeadlineHeap, type HeapEntry } from './deadline-heap.js';

/**
 * How many datagrams libuv reads from a socket in one turn of the event loop (`uv__udp_recvmsg`).
 * A turn that brought as many may have left more behind.
 */
const DATAGRAMS_PER_POLL = 32;

/** Enough for a full receive buffer: 4 MiB hold some 11,000 small datagrams, so 344 turns. */
const MAX_POLL_TURNS = 512;

/** After so many alarms, some 10 ms of time-outs, the sockets are polled before the rest ring. */
const ALARMS_PER_TURN = 1_024;

/** Something that has to happen at a time. Whoever owns it makes it; `Alarms` rings it. */
export interface Alarm extends HeapEntry {
  /** Called once it is due; it is not set any more, and may be set again. */
  ring(nowMs: number): void;
}

/**
 * All alarms of one endpoint on one timer: setting and clearing them moves entries of a heap and
 * hardly ever touches a real timer. Bounded by its users: an alarm for each call, handler and so on.
 *
 * Alarms ring in the order they are due, and in the order they were set where that is equal. After
 * a stall the event loop runs timers before sockets, so due alarms wait until the sockets were
 * polled: an answer that lies in the kernel's buffer gets in first. So do they after each 1,024 alarms.
 */
export class Alarms {
  readonly #clock: Clock;
  readonly #datagramsReceived: () => number;
  readonly #heap = new DeadlineHeap<Alarm>();
  #timer: unknown = undefined;
  /** When the armed timer wakes us, Infinity when none is armed. */
  #wakeMs = Infinity;
  /** The time up to which alarms are being rung, −Infinity when none are. */
  #ringingUntilMs = -Infinity;
  #polling = false;
  #closed = false;

  /**
   * `datagramsReceived` counts what the endpoint's socket has received so far. With it, due alarms
   * wait until the socket is drained; without it they wait for a single turn, 32 datagrams.
   */
  constructor(clock: Clock, datagramsReceived: () => number = () => 0) {
    this.#clock = clock;
    this.#datagramsReceived = datagramsReceived;
  }

  /** How many alarms are set. */
  get size(): number {
    return this.#heap.size;
  }

  /**
   * Sets the alarm, anew if it is set. A time in the past rings as soon as the sockets were polled;
   * one set from within `ring` waits for the next turn. After close() nothing is set.
   *
   * @throws {RangeError} when `dueMs` is not a number: it has no place in an order.
   */
  set(alarm: Alarm, dueMs: number): void {
    if (Number.isNaN(dueMs)) throw new RangeError('An alarm cannot be due at NaN');
    if (this.#closed) return;
    // An alarm that sets itself while alarms ring queues behind those, so that the ringing ends.
    this.#heap.set(alarm, Math.max(dueMs, this.#ringingUntilMs));
    if (dueMs < this.#wakeMs) this.#arm();
  }

  /** Clears the alarm; it is no error if it is not set. */
  clear(alarm: Alarm): void {
    // The timer stays: waking up once for nothing is cheaper than a real timer for every call.
    this.#heap.delete(alarm);
  }

  /** Clears the timer and all alarms, for good. */
  close(): void {
    this.#closed = true;
    this.#heap.clear();
    this.#disarm();
  }

  #arm(): void {
    const earliestMs = this.#heap.firstDueMs;
    if (earliestMs >= this.#wakeMs) return;
    // Whoever polls or rings arms the timer when it has finished.
    if (this.#polling || this.#ringingUntilMs !== -Infinity) return;
    this.#disarm();
    this.#wakeMs = earliestMs;
    // A longer delay than the clock can hold wakes us early, and the timer is armed anew.
    this.#timer = this.#clock.setTimeout(this.#wake, Math.max(earliestMs - this.#clock.nowMs(), 0));
  }

  #disarm(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wakeMs = Infinity;
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.#wakeMs = Infinity;
    const nowMs = this.#clock.nowMs();
    if (this.#heap.firstDueMs <= nowMs) this.#pollThenRing(nowMs, MAX_POLL_TURNS);
    else this.#arm();
  };

  /** What falls due while the sockets are polled was not covered by that poll, and waits. */
  #pollThenRing(untilMs: number, turnsLeft: number): void {
    const received = this.#datagramsReceived();
    this.#polling = true;
    this.#clock.afterPoll(() => {
      this.#polling = false;
      if (this.#closed) return;
      const mayHoldMore = this.#datagramsReceived() - received >= DATAGRAMS_PER_POLL;
      if (mayHoldMore && turnsLeft > 1) this.#pollThenRing(untilMs, turnsLeft - 1);
      else this.#ringUntil(untilMs, turnsLeft);
    });
  }

  #ringUntil(untilMs: number, turnsLeft: number): void {
    const { nextOrder } = this.#heap;
    const errors: unknown[] = [];
    let left = ALARMS_PER_TURN;
    this.#ringingUntilMs = untilMs;
    for (; left > 0; left -= 1) {
      const alarm = this.#heap.first;
      if (alarm === undefined || this.#heap.firstDueMs > untilMs) break;
      if (this.#heap.firstOrder >= nextOrder) break;
      this.#heap.delete(alarm);
      try {
        alarm.ring(this.#clock.nowMs());
      } catch (error) {
        errors.push(error);
      }
    }
    this.#ringingUntilMs = -Infinity;
    if (left === 0) this.#pollThenRing(untilMs, turnsLeft);
    else this.#arm();
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} alarms threw`);
  }
}
