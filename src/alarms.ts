import { MAX_TIMER_DELAY_MS, type Clock } from './clock.js';

/**
 * How many datagrams libuv reads from a socket in one turn of the event loop (`uv__udp_recvmsg`).
 * A turn that brought as many may have left more behind.
 */
const DATAGRAMS_PER_POLL = 32;

/** A receive buffer of 4 MiB holds some 11,000 small datagrams: more turns would drain it for sure. */
const MAX_POLL_TURNS = 512;

/** Something that has to happen at a time. Whoever owns it makes it; `Alarms` rings it. */
export interface Alarm {
  /** When it rings, on the clock's `nowMs`. Written by `Alarms` alone. */
  dueMs: number;
  /** Its place in the heap, −1 when it is not set. Written by `Alarms` alone; starts as −1. */
  heapIndex: number;
  /** Called once it is due; it is not set any more, and may be set again. */
  ring(nowMs: number): void;
}

/**
 * All alarms of one endpoint on one timer: an indexed binary heap, so that setting and clearing
 * touches no real timer. Bounded by its users, one alarm for each call, handler and the like.
 *
 * Alarms ring in the order they are due, and in the order they were set where that is equal. After
 * a stall the event loop runs timers before sockets, so due alarms wait until the sockets were
 * polled: an answer that lies in the kernel's buffer gets in first.
 */
export class Alarms {
  readonly #clock: Clock;
  readonly #datagramsReceived: () => number;

  // The heap, one array for each column: no allocation per alarm, and no key that others can change.
  readonly #alarms: Alarm[] = [];
  readonly #dueMs: number[] = [];
  readonly #order: number[] = [];
  #nextOrder = 0;

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
    return this.#alarms.length;
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
    if (alarm.heapIndex >= 0) this.#remove(alarm.heapIndex);
    alarm.dueMs = dueMs;
    // An alarm that sets itself while alarms ring queues behind those, so that the ringing ends.
    const key = Math.max(dueMs, this.#ringingUntilMs);
    this.#siftUp(this.#alarms.length, alarm, key, this.#nextOrder++);
    this.#arm();
  }

  /** Clears the alarm; it is no error if it is not set. */
  clear(alarm: Alarm): void {
    // The timer stays: waking up once for nothing is cheaper than a real timer for every call.
    if (alarm.heapIndex >= 0) this.#remove(alarm.heapIndex);
  }

  /** Clears the timer and all alarms, for good. */
  close(): void {
    this.#closed = true;
    for (const alarm of this.#alarms) alarm.heapIndex = -1;
    this.#alarms.length = this.#dueMs.length = this.#order.length = 0;
    this.#disarm();
  }

  #arm(): void {
    const earliestMs = this.#dueMs[0];
    if (earliestMs === undefined || earliestMs >= this.#wakeMs) return;
    // Whoever polls or rings arms the timer when it has finished.
    if (this.#polling || this.#ringingUntilMs !== -Infinity) return;
    this.#disarm();
    const nowMs = this.#clock.nowMs();
    const delayMs = Math.min(Math.max(earliestMs - nowMs, 0), MAX_TIMER_DELAY_MS);
    this.#wakeMs = Math.min(earliestMs, nowMs + delayMs);
    this.#timer = this.#clock.setTimeout(this.#wake, delayMs);
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
    if (this.#isDue(nowMs)) this.#pollThenRing(nowMs, MAX_POLL_TURNS);
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
      else this.#ringUntil(untilMs);
    });
  }

  #ringUntil(untilMs: number): void {
    const firstNewOrder = this.#nextOrder;
    const errors: unknown[] = [];
    this.#ringingUntilMs = untilMs;
    while (this.#isDue(untilMs) && this.#orderAt(0) < firstNewOrder) {
      const alarm = this.#alarmAt(0);
      this.#remove(0);
      try {
        alarm.ring(this.#clock.nowMs());
      } catch (error) {
        errors.push(error);
      }
    }
    this.#ringingUntilMs = -Infinity;
    this.#arm();
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} alarms threw`);
  }

  #isDue(nowMs: number): boolean {
    const earliestMs = this.#dueMs[0];
    return earliestMs !== undefined && earliestMs <= nowMs;
  }

  /** Moves the hole at `index` up to where the entry belongs, and puts it there. */
  #siftUp(index: number, alarm: Alarm, dueMs: number, order: number): void {
    let hole = index;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#isAfter(parent, dueMs, order)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, alarm, dueMs, order);
  }

  #remove(index: number): void {
    this.#alarmAt(index).heapIndex = -1;
    const last = this.#alarms.length - 1;
    const alarm = this.#alarmAt(last);
    const dueMs = this.#dueAt(last);
    const order = this.#orderAt(last);
    this.#alarms.pop();
    this.#dueMs.pop();
    this.#order.pop();
    if (index === last) return;

    // The last entry fills the hole: first down past smaller children, then up if it came from a side branch.
    let hole = index;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      if (
        child + 1 < last &&
        this.#isAfter(child, this.#dueAt(child + 1), this.#orderAt(child + 1))
      ) {
        child += 1;
      }
      if (this.#isAfter(child, dueMs, order)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#siftUp(hole, alarm, dueMs, order);
  }

  #isAfter(index: number, dueMs: number, order: number): boolean {
    const thisDueMs = this.#dueAt(index);
    return thisDueMs > dueMs || (thisDueMs === dueMs && this.#orderAt(index) > order);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#alarmAt(from), this.#dueAt(from), this.#orderAt(from));
  }

  #put(index: number, alarm: Alarm, dueMs: number, order: number): void {
    alarm.heapIndex = index;
    this.#alarms[index] = alarm;
    this.#dueMs[index] = dueMs;
    this.#order[index] = order;
  }

  // Every index above comes from within the heap.
  #alarmAt(index: number): Alarm {
    return this.#alarms[index] as Alarm;
  }

  #dueAt(index: number): number {
    return this.#dueMs[index] as number;
  }

  #orderAt(index: number): number {
    return this.#order[index] as number;
  }
}
