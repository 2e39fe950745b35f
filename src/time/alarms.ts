/** Alarms: all alarms of an endpoint on one timer. */
import type { Clock } from './clock.js';
import { DeadlineHeap, type HeapEntry } from './deadline-heap.js';
import { hold, release } from './hold.js';

/**
 * How many datagrams libuv reads from a socket in one turn of the event loop (`uv__udp_recvmsg`).
 * After a turn with this many, more may be waiting.
 */
const DATAGRAMS_PER_POLL = 32;

/** Enough for a full receive buffer: 4 MiB hold 11,000 small datagrams, which take 344 turns. */
const MAX_POLL_TURNS = 512;

/** After so many alarms, about 10 ms of time-outs, the sockets are polled before others ring. */
const ALARMS_PER_TURN = 1_024;

/** A timer that is so late counts as lost: somebody cleared it, or it was a fake that is gone. */
const LOST_AFTER_MS = 100;

/** Who sets an alarm farther ahead than this can afford to read the clock. */
const FAR_AHEAD_MS = 1_000;

/** Something that must happen at a certain time. Its owner sets it, and `Alarms` rings it. */
export interface Alarm extends HeapEntry {
  /** Called when it is due. It is not set any more then, and may be set again. */
  ring(nowMs: number): void;
}

/**
 * All alarms of one endpoint on one timer. Setting or clearing an alarm moves entries of a heap and
 * rarely changes the real timer. Bounded by its users: one alarm for each call, handler and so on.
 *
 * Alarms ring in the order of their due times; alarms with the same time ring in the order in which
 * they were set. After a stall, the event loop runs timers before sockets. So due alarms first wait
 * until the sockets were polled, so that an answer in the kernel's buffer is read before its call
 * times out. They also wait for a poll after every 1,024 alarms.
 *
 * A timer that was lost is replaced when the next alarm is set. To see that, the clock need not be
 * read for each alarm: one that is set as far ahead as others is due after `#doubtMs` only when the
 * timer is late.
 */
export class Alarms {
  readonly #clock: Clock;
  readonly #datagramsReceived: () => number;
  readonly #heap = new DeadlineHeap<Alarm>();
  #timer: unknown = undefined;
  /** When the timer will fire; Infinity if it is not armed. */
  #wakeMs = Infinity;
  /** When the timer counts as lost if it has not fired; Infinity if it is not armed. */
  #lostMs = Infinity;
  /** The least time until an alarm that was set since, and when such an alarm asks for the timer. */
  #leastDelayMs = FAR_AHEAD_MS;
  #doubtMs = Infinity;
  /** The time up to which due alarms are being rung; −Infinity if none are. */
  #ringingUntilMs = -Infinity;
  #polling = false;
  #closed = false;
  #holding = true;

  /**
   * `datagramsReceived` gives how many datagrams the endpoint's socket has received so far. With
   * it, due alarms wait until the socket is drained. Without it, they wait for only one turn, which
   * is 32 datagrams.
   */
  constructor(clock: Clock, datagramsReceived: () => number = () => 0) {
    this.#clock = clock;
    this.#datagramsReceived = datagramsReceived;
  }

  get size(): number {
    return this.#heap.size;
  }

  /**
   * Sets the alarm, or sets it again. An alarm with a time in the past rings as soon as the sockets
   * were polled. If it is set inside `ring`, it waits for the next turn. After close() it is not
   * set.
   *
   * @throws {RangeError} when `dueMs` is NaN, which cannot be ordered.
   */
  set(alarm: Alarm, dueMs: number): void {
    if (Number.isNaN(dueMs)) throw new RangeError('An alarm cannot be due at NaN');
    if (this.#closed) return;
    // An alarm that sets itself while alarms ring is queued behind them, so that the ringing ends.
    this.#heap.set(alarm, Math.max(dueMs, this.#ringingUntilMs));
    if (dueMs < this.#wakeMs) this.#arm();
    else if (dueMs > this.#doubtMs) this.#askForTimer(dueMs);
  }

  /** Clears the alarm, if it is set. */
  clear(alarm: Alarm): void {
    // The timer is not changed: one unneeded wake-up is cheaper than a real timer for every call.
    this.#heap.delete(alarm);
  }

  /** Lets the process end although alarms are set. */
  unref(): void {
    this.#holding = false;
    release(this.#timer);
  }

  /** Keeps the process alive while the timer is set, as at first. */
  ref(): void {
    this.#holding = true;
    hold(this.#timer);
  }

  /** Clears the timer and all alarms. No alarm can be set afterwards. */
  close(): void {
    this.#closed = true;
    this.#heap.clear();
    this.#disarm();
  }

  #arm(): void {
    const earliestMs = this.#heap.firstDueMs;
    if (earliestMs >= this.#wakeMs) return;
    // Polling and ringing arm the timer when they have finished.
    if (this.#polling || this.#ringingUntilMs !== -Infinity) return;
    this.#disarm();
    const nowMs = this.#clock.nowMs();
    this.#wakeMs = earliestMs;
    this.#lostMs = Math.max(earliestMs, nowMs) + LOST_AFTER_MS;
    this.#doubtMs = this.#lostMs;
    // If the delay is longer than the clock supports, the timer fires early and is armed again.
    this.#timer = this.#clock.setTimeout(this.#wake, Math.max(earliestMs - nowMs, 0));
    if (!this.#holding) release(this.#timer);
  }

  #disarm(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#disarmed();
  }

  #disarmed(): void {
    this.#timer = undefined;
    this.#wakeMs = Infinity;
    this.#lostMs = Infinity;
    this.#doubtMs = Infinity;
    this.#leastDelayMs = FAR_AHEAD_MS;
  }

  /** Replaces the timer if it is lost. Otherwise notes how far ahead this alarm was set. */
  #askForTimer(dueMs: number): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs > this.#lostMs) {
      this.#disarm();
      this.#arm();
      return;
    }
    this.#leastDelayMs = Math.min(this.#leastDelayMs, dueMs - nowMs);
    this.#doubtMs = this.#lostMs + this.#leastDelayMs;
  }

  readonly #wake = (): void => {
    this.#disarmed();
    const nowMs = this.#clock.nowMs();
    if (this.#heap.firstDueMs <= nowMs) this.#pollThenRing(nowMs, MAX_POLL_TURNS);
    else this.#arm();
  };

  /** Alarms that become due during the poll wait for the next poll. */
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
