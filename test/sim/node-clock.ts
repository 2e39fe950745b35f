/**
 * Node clock: the clock of one endpoint. It is the world's clock as seen by a process that stalls,
 * wakes up late and may die. The endpoint itself must not know about such faults, so they happen
 * here.
 */
import type { Clock } from '../../src/time/clock.js';

interface Timer {
  callback: (() => void) | undefined;
  handle: unknown;
}

/** From when to when the process was stalled. */
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

  nowMs(): number {
    return this.#clock.nowMs();
  }

  turnNumber(): number {
    return this.#clock.turnNumber?.() ?? 0;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = this.#defer(callback, (run) =>
      this.#clock.setTimeout(run, delayMs + this.drawLatenessMs()),
    );
    if (!this.#dead) this.#pending.add(timer);
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
    this.#defer(callback, (run) => {
      this.#clock.afterPoll(run);
      return undefined;
    });
  }

  /** Runs what the network delivers, at once, or when the process continues. */
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
    this.#stalled = true;
    const fromMs = this.nowMs();
    this.#stalls.push({ fromMs, untilMs: fromMs + forMs });
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

  #defer(callback: () => void, arm: (run: () => void) => unknown): Timer {
    const timer: Timer = { callback, handle: undefined };
    if (this.#dead) return timer;
    timer.handle = arm(() => {
      if (this.#stalled) this.#deferredTimers.push(timer);
      else this.#fire(timer);
    });
    return timer;
  }

  #fire(timer: Timer): void {
    const { callback } = timer;
    this.#pending.delete(timer);
    if (callback === undefined || this.#dead) return;
    timer.callback = undefined;
    this.#touched();
    callback();
  }

  /** Each is a separate event, as in a real event loop, which runs promises in between. */
  #wake(order: WakeOrder): void {
    if (this.#dead) return;
    this.#stalled = false;
    const timers = this.#deferredTimers.map((timer) => () => {
      this.#fire(timer);
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
