/**
 * Platform: the timers and clocks of Node.js, taken together when this module is loaded, so that
 * the fakes of a test never touch an endpoint. Timers are set outside of the caller's async
 * context.
 */
import { performance } from 'node:perf_hooks';
import * as timers from 'node:timers';
import { outOfContext } from './async-context.js';
import { isFake, standIn } from './stand-in.js';

/** What is taken. Tests that watch or replace the time of a whole process replace its members. */
export interface Platform {
  /** Monotonic milliseconds. */
  nowMs: () => number;
  /** The time of day in milliseconds. */
  wallMs: () => number;
  setTimeout: (callback: () => void, delayMs: number) => unknown;
  clearTimeout: (handle: unknown) => void;
  setImmediate: (callback: () => void) => void;
  queueMicrotask: (callback: () => void) => void;
}

// What fakes replace are properties: of the global object, and of the module `timers`.
const { setTimeout, clearTimeout, setImmediate } = timers;
const { queueMicrotask, Date } = globalThis;

const real: Platform = {
  nowMs: performance.now.bind(performance),
  wallMs: Date.now.bind(Date),
  setTimeout: (callback, delayMs) => outOfContext(setTimeout, callback, delayMs),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout | undefined);
  },
  setImmediate: (callback) => {
    outOfContext(setImmediate, callback);
  },
  queueMicrotask: (callback) => {
    outOfContext(queueMicrotask, callback);
  },
};

export const platform: Platform = [setTimeout, setImmediate, queueMicrotask, Date].some(isFake)
  ? standIn
  : real;
