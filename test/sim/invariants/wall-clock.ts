import { platform } from '../../../src/time/platform.js';
import type { Invariant } from '../invariant.js';

const OURS = /\/src\/(?!testing\/)/;
/** Where others ask for the time. */
const ASKED = '/src/time/';

/** The place in src that read the wall clock, if there is one. */
let reader: string | undefined;

/**
 * I13. The core takes time and randomness only from what it is given. If the system clock is set
 * back, or other code draws a random number, nothing changes. `Date.now`, `new Date()`,
 * `performance.now` and `Math.random` are watched while the simulator runs, and so is what
 * `time/platform.ts` took of them when it was loaded, its timers included: whoever uses it, or
 * `systemClock`, goes past the simulated clock.
 */
export const wallClock: Invariant = {
  id: 'I13',
  says: 'nothing in src reads the wall clock or draws from the global generator',

  afterStep: () => {
    const found = reader;
    reader = undefined;
    return found === undefined ? undefined : `the wall clock was read at ${found}`;
  },
};

/** Watches the globals. Returns a function that ends this. */
export function watchWallClock(): () => void {
  const { Date: RealDate } = globalThis;
  const now = performance.now.bind(performance);
  const random = Math.random.bind(Math);
  const taken = { ...platform };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) => {
      if (args.length === 0) noteReader();
      return Reflect.construct(target, args, newTarget) as object;
    },
    get: (target, key, receiver) => {
      if (key === 'now') noteReader();
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  performance.now = () => {
    noteReader();
    return now();
  };
  Math.random = () => {
    noteReader();
    return random();
  };
  Object.assign(platform, {
    nowMs: () => {
      noteReader();
      return taken.nowMs();
    },
    wallMs: () => {
      noteReader();
      return taken.wallMs();
    },
    setTimeout: (callback: () => void, delayMs: number) => {
      noteReader();
      return taken.setTimeout(callback, delayMs);
    },
  });
  return () => {
    Object.assign(platform, taken);
    globalThis.Date = RealDate;
    performance.now = now;
    Math.random = random;
  };
}

/**
 * Notes only code of src. Other code in this process may use them: the test runner measures itself,
 * and XState draws actor ids.
 */
function noteReader(): void {
  const lines = new Error('who asks').stack?.split('\n').slice(3) ?? [];
  const askers = lines.filter((line) => !line.includes(ASKED)).slice(0, 2);
  reader ??= askers.find((line) => OURS.test(line) && !line.includes('node_modules'))?.trim();
}
