/** Clock: the interface of a clock with timers, and the system's clock. */
import { platform } from './platform.js';
import { turnCount } from './turn-count.js';

/** The longest delay of a Node.js timer: 2^31−1 ms. A longer one would fire after 1 ms. */
export const MAX_TIMER_DELAY_MS = 2 ** 31 - 1;

/** A source of time. The two timer methods are those of XState's `Clock`. */
export interface Clock {
  /** Monotonic milliseconds with fractions, from an arbitrary start. Never the time of day. */
  nowMs(): number;

  /**
   * The time of day in milliseconds since 1970, or since any other moment. Unlike `nowMs()` it goes
   * on while the machine is suspended, but it can be set back. An endpoint only compares two
   * readings: after a suspension it sends no request again that its peer may have forgotten.
   */
  wallMs(): number;

  /**
   * Runs `callback` once, but not before `nowMs()` has grown by `delayMs` (0 to 2^31−1; less counts
   * as 0, more as 2^31−1). The returned handle is for `clearTimeout`. If it has the methods `ref`
   * and `unref` of Node.js's timers, they are used for `endpoint.ref()` and `endpoint.unref()`.
   */
  setTimeout(callback: () => void, delayMs: number): unknown;

  /** Cancels a timer. Ignores undefined, and handles of timers that fired or were cancelled. */
  clearTimeout(handle: unknown): void;

  /**
   * Runs `callback` after the event loop has polled its sockets again. After a stall, Node.js runs
   * timers before sockets. So this is called before a call gives up, to find an answer that has
   * already arrived.
   */
  afterPoll(callback: () => void): void;

  /**
   * The number of the current turn of the event loop. It does not change during a turn, and is
   * different in each later turn. Without this method, an endpoint must wait for the end of each
   * turn in which it sends something, to know that the turn is over.
   */
  turnNumber?(): number;
}

/** The clocks and timers of Node.js, which no fakes of a test replace. */
export const systemClock: Clock = {
  nowMs: () => platform.nowMs(),

  wallMs: () => platform.wallMs(),

  // Node.js rounds start and end down to whole milliseconds, so a timer can fire almost 1 ms too
  // early. It warns of a delay below 0, which is what is left until a moment that has passed.
  setTimeout: (callback, delayMs) => {
    const wholeMs = Math.ceil(Math.max(delayMs, 0)) + 1;
    return platform.setTimeout(callback, Math.min(wholeMs, MAX_TIMER_DELAY_MS));
  },

  clearTimeout: (handle) => {
    platform.clearTimeout(handle);
  },

  afterPoll: (callback) => {
    platform.setImmediate(callback);
  },

  ...(turnCount !== undefined && { turnNumber: turnCount }),
};
