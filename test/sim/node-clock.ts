/**
 * Node clock: the clock of one endpoint. It is the world's clock as seen by a process that stalls,
 * wakes up late and may die, on a machine that may be suspended. The endpoint itself must not know
 * about such faults, so they happen here.
 */
import type { Clock } from '../../src/time/clock.js';

/** Timers are computed from differences of numbers with fractions. */
const ROUNDING_MS = 1e-6;

interface Timer {
  callback: (() => void) | undefined;
  /** When it is due by this clock. */
  readonly dueMs: number;
  handle: unknown;
}

/** From when to when the process was stalled, by this clock. */
interface Stall {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What a stalled process finds first when it continues. libuv runs timers first. */
export type WakeOrder = 'timersFirst' | 'messagesFirst';

export class NodeClock implements Clock {
  /** Draws for each timer how much later than planned it fires. 0 is punctual. */
  drawLatenessMs: () => number = () => 0;
  /** The most that `drawLatenessMs` returns. */
  maxLatenessMs = 0;

  readonly #clock: Clock;
  readonly #touched: () => void;
  readonly #stalls: Stall[] = [];
  #deferredTimers: Timer[] = [];
  #deferredMessages: (() => void)[] = [];
  readonly #pending = new Set<Timer>();
  #stalled = false;
  #dead = false;
  /** How long the machine was suspended before, and since when it is suspended now. */
  #suspendedMs = 0;
  #suspendedAtMs: number | undefined;
  /** When the last timer was due. No timer fires before its time, not even by a rounding error. */
  #rungMs = 0;

  /** @param touched called before code of this process runs */
  constructor(clock: Clock, touched: () => void) {
    this.#clock = clock;
    this.#touched = touched;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** How many timers are set and have not fired. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** It stands still while the machine is suspended. */
  nowMs(): number {
    const ownMs = (this.#suspendedAtMs ?? this.#clock.nowMs()) - this.#suspendedMs;
    return Math.max(ownMs, this.#rungMs);
  }

  wallMs(): number {
    return this.#clock.nowMs();
  }

  turnNumber(): number {
    return this.#clock.turnNumber?.() ?? 0;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer: Timer = { callback, dueMs: this.nowMs() + delayMs, handle: undefined };
    if (this.#dead) return timer;
    this.#arm(timer, delayMs + this.drawLatenessMs());
    this.#pending.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    if (handle === undefined) return;
    const timer = handle as Timer;
    timer.callback = undefined;
    this.#pending.delete(timer);
    this.#clock.clearTimeout(timer.handle);
  }

  afterPoll(callback: () => void): void {
    if (this.#dead) return;
    const timer: Timer = { callback, dueMs: this.nowMs(), handle: undefined };
    this.#clock.afterPoll(() => {
      this.#ring(timer);
    });
  }

  /**
   * Runs what the network delivers, at once, or when the process continues. It is lost while the
   * machine is suspended.
   */
  receive(datagram: () => void): void {
    if (this.#suspendedAtMs === undefined) this.deliver(datagram);
  }

  /** Runs something in this process, at once, or when the process continues. */
  deliver(message: () => void): void {
    if (this.#dead) return;
    if (this.#stalled) this.#deferredMessages.push(message);
    else {
      this.#touched();
      message();
    }
  }

  /**
   * Runs something in this process later that is not a timer of the endpoint: an answer of the
   * kernel.
   */
  deliverLater(message: () => void, delayMs: number): void {
    this.#clock.setTimeout(() => {
      this.deliver(message);
    }, delayMs);
  }

  /** Stalls the process. Timers and datagrams wait. */
  stall(forMs: number, order: WakeOrder): void {
    if (this.#stalled || this.#dead) return;
    const fromMs = this.nowMs();
    this.#stalls.push({ fromMs, untilMs: fromMs + forMs });
    this.#sleep(forMs, order);
  }

  /** Suspends the machine. Its monotonic time stands still, and the network loses what it gets. */
  suspend(forMs: number, order: WakeOrder): void {
    if (this.#stalled || this.#dead) return;
    this.#suspendedAtMs = this.#clock.nowMs();
    this.#sleep(forMs, order);
  }

  #sleep(forMs: number, order: WakeOrder): void {
    this.#stalled = true;
    this.#clock.setTimeout(() => {
      this.#wake(order);
    }, forMs);
  }

  /** The latest time at which a timer for `dueMs` has fired in this process. */
  latestMs(dueMs: number): number {
    let atMs = dueMs + this.maxLatenessMs;
    for (const { fromMs, untilMs } of this.#stalls) {
      if (fromMs <= atMs && dueMs <= untilMs) atMs = Math.max(atMs, untilMs + this.maxLatenessMs);
    }
    return atMs;
  }

  /** Whether the process was stalled at any time between the two. */
  stalledBetween(startMs: number, endMs: number): boolean {
    return this.#stalls.some(({ fromMs, untilMs }) => fromMs <= endMs && untilMs >= startMs);
  }

  /** The process is gone, and nothing of it ever runs again. */
  die(): void {
    this.#dead = true;
    for (const timer of [...this.#pending]) this.clearTimeout(timer);
    this.#deferredTimers = [];
    this.#deferredMessages = [];
  }

  #arm(timer: Timer, delayMs: number): void {
    timer.handle = this.#clock.setTimeout(() => {
      this.#ring(timer);
    }, delayMs);
  }

  /** By the world's clock the timer is due. Here it may not be: the machine was suspended. */
  #ring(timer: Timer): void {
    const leftMs = timer.dueMs - this.nowMs();
    if (this.#stalled) this.#deferredTimers.push(timer);
    else if (leftMs > ROUNDING_MS && timer.callback !== undefined) this.#arm(timer, leftMs);
    else this.#fire(timer);
  }

  #fire(timer: Timer): void {
    const { callback } = timer;
    this.#pending.delete(timer);
    if (callback === undefined || this.#dead) return;
    timer.callback = undefined;
    this.#rungMs = Math.max(this.#rungMs, timer.dueMs);
    this.#touched();
    callback();
  }

  /** Each is a separate event, as in a real event loop, which runs promises in between. */
  #wake(order: WakeOrder): void {
    if (this.#dead) return;
    this.#stalled = false;
    if (this.#suspendedAtMs !== undefined) {
      this.#suspendedMs += this.#clock.nowMs() - this.#suspendedAtMs;
      this.#suspendedAtMs = undefined;
    }
    const timers = this.#deferredTimers.map((timer) => () => {
      this.#ring(timer);
    });
    const messages = this.#deferredMessages.map((message) => () => {
      this.deliver(message);
    });
    this.#deferredTimers = [];
    this.#deferredMessages = [];
    const inOrder = order === 'timersFirst' ? [...timers, ...messages] : [...messages, ...timers];
    for (const run of inOrder) this.#clock.setTimeout(run, 0);
  }
}
