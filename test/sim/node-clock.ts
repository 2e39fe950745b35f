/**
 * The clock of one endpoint: the world's, through the eyes of a process that stalls, wakes up late
 * and may die. What the endpoint cannot see it cannot be told: this is where such faults come in.
 */
import type { Clock } from '../../src/time/clock.js';

interface Timer {
  callback: (() => void) | undefined;
  handle: unknown;
}

/** From when to when the process stood still. */
interface Stall {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What a stalled process finds first when it goes on; libuv runs timers first. */
export type WakeOrder = 'timersFirst' | 'messagesFirst';

export class NodeClock implements Clock {
  /** How much later than asked a timer fires; drawn for each. 0 is punctual. */
  drawLatenessMs: () => number = () => 0;
  /** The most that `drawLatenessMs` gives. */
  maxLatenessMs = 0;

  readonly #clock: Clock;
  readonly #touched: () => void;
  readonly #stalls: Stall[] = [];
  #deferredTimers: Timer[] = [];
  #deferredMessages: (() => void)[] = [];
  readonly #pending = new Set<Timer>();
  #stalled = false;
  #dead = false;

  /** @param touched hears that code of this process is about to run */
  constructor(clock: Clock, touched: () => void) {
    this.#clock = clock;
    this.#touched = touched;
  }

  get stalled(): boolean {
    return this.#stalled;
  }

  /** Timers that are set and have not fired. */
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

  /** Runs at once what the network brought, or when the process goes on. */
  deliver(message: () => void): void {
    if (this.#dead) return;
    if (this.#stalled) this.#deferredMessages.push(message);
    else {
      this.#touched();
      message();
    }
  }

  /** Runs something in this process later: an answer of its kernel, which is no timer of its own. */
  deliverLater(message: () => void, delayMs: number): void {
    this.#clock.setTimeout(() => {
      this.deliver(message);
    }, delayMs);
  }

  /** The process stands still; timers and datagrams wait. */
  stall(forMs: number, order: WakeOrder): void {
    if (this.#stalled || this.#dead) return;
    this.#stalled = true;
    const fromMs = this.nowMs();
    this.#stalls.push({ fromMs, untilMs: fromMs + forMs });
    this.#clock.setTimeout(() => {
      this.#wake(order);
    }, forMs);
  }

  /** When at the latest a timer due at `dueMs` has fired in this process. */
  latestMs(dueMs: number): number {
    let atMs = dueMs + this.maxLatenessMs;
    for (const { fromMs, untilMs } of this.#stalls) {
      if (fromMs <= atMs && dueMs <= untilMs) atMs = Math.max(atMs, untilMs + this.maxLatenessMs);
    }
    return atMs;
  }

  /** Whether the process stood still at any time between the two. */
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

  /** Each is an event of its own, as in a real loop, which runs promises in between. */
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
