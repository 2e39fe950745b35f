import { performance } from 'node:perf_hooks';

/** The longest delay a Node timer can hold: 2^31−1 ms. With more, Node would fire after 1 ms. */
export const MAX_TIMER_DELAY_MS = 2 ** 31 - 1;

/** Where the package gets its time from. The two timer methods have the shape of XState's `Clock`. */
export interface Clock {
  /** Monotonic milliseconds with fractions, from an arbitrary start. Never the time of day. */
  nowMs(): number;

  /**
   * Runs `callback` once, not before `nowMs()` has grown by `delayMs` (0 to 2^31−1; more counts as
   * 2^31−1). The handle is for `clearTimeout` alone.
   */
  setTimeout(callback: () => void, delayMs: number): unknown;

  /** Cancels a timer. A handle that has fired, was cancelled or is undefined is ignored. */
  clearTimeout(handle: unknown): void;

  /**
   * Runs `callback` once the event loop has polled its sockets again. After a stall Node runs
   * timers before sockets, so whoever gives up on an answer looks for it in this way first.
   */
  afterPoll(callback: () => void): void;

  /**
   * The number of the turn of the event loop that is under way: the same as long as one turn lasts, however long
   * that is, and another in each later turn. Without it an endpoint waits for the end of each turn in which it
   * sends something, to know that it is over.
   */
  turnNumber?(): number;
}

/** The process's own clock. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),

  // Node counts whole milliseconds, start and end cut off: a timer can fire almost 1 ms too early.
  setTimeout: (callback, delayMs) =>
    setTimeout(callback, Math.min(Math.ceil(delayMs) + 1, MAX_TIMER_DELAY_MS)),

  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout | undefined);
  },

  afterPoll: (callback) => {
    setImmediate(callback);
  },

  // libuv counts its turns. To ask costs a tenth of what it costs to be called at the end of each.
  turnNumber: () => performance.nodeTiming.uvMetricsInfo.loopCount,
};
