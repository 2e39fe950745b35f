/**
 * Stand-in: timers and clocks for a program that had faked those of Node.js before this package was
 * loaded. They are slower, and made of what no library fakes.
 */
import { performance } from 'node:perf_hooks';
import { outOfContext } from './async-context.js';

/**
 * Whether a function is a known fake: those of `@sinonjs/fake-timers`, which vitest and jest use,
 * have their `clock`, jest's old ones are mock functions, and those of `node:test` are private
 * methods. Functions that are only wrapped, as by APM tools, are none.
 */
export function isFake(taken: object): boolean {
  if (Object.hasOwn(taken, 'clock') || Object.hasOwn(taken, 'isMock')) return true;
  if ('_isMockFunction' in taken) return true;
  return 'name' in taken && String(taken.name).startsWith('bound #');
}

/** A wait of V8 for a change of memory that nobody changes. */
class StandInTimer {
  readonly #memory = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #callback: () => void;

  constructor(callback: () => void, delayMs: number) {
    this.#callback = callback;
    // It may end a millisecond early.
    const wait = Atomics.waitAsync(this.#memory, 0, 0, delayMs + 1);
    if (wait.async) void wait.value.then(this.#ended);
  }

  readonly #ended = (why: string): void => {
    if (why === 'timed-out') this.#callback();
  };

  clear(): void {
    Atomics.notify(this.#memory, 0);
  }
}

/** Its timers do not keep the process alive. The sockets of endpoints do. */
export const standIn = {
  nowMs: performance.now.bind(performance),
  wallMs: (): number => performance.timeOrigin + performance.now(),
  setTimeout: (callback: () => void, delayMs: number): unknown =>
    outOfContext(() => new StandInTimer(callback, delayMs)),
  clearTimeout: (handle: unknown): void => {
    if (handle instanceof StandInTimer) handle.clear();
  },
  setImmediate: (callback: () => void): void => {
    new StandInTimer(callback, 1);
  },
  queueMicrotask: (callback: () => void): void => {
    void Promise.resolve().then(callback);
  },
};
