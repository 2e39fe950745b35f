/** Repeatable: makes the time and randomness of Node.js the same each time. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { mock } from 'node:test';
import { SeededRandom } from '../../src/testing/random.js';
import type { Platform } from '../../src/time/platform.js';

/** The time between two readings of the clock. */
const READING_MS = 0.01;

/**
 * Runs `work` while the clock shows 10 µs more at each reading, no timer ever fires, and random
 * values are the same each time. Sockets, microtasks and immediates work as always.
 *
 * Time is that of the library whose `platform` is given. Randomness applies to the whole process,
 * so nothing else should run in the meantime.
 */
export async function repeatable<Result>(
  platform: Platform,
  work: () => Promise<Result>,
): Promise<Result> {
  const random = new SeededRandom(1);
  let nowMs = 0;
  mock.method(platform, 'setTimeout', () => undefined);
  mock.method(platform, 'nowMs', () => (nowMs += READING_MS));
  mock.method(Math, 'random', () => random.unit());
  mock.method(crypto, 'randomFillSync', (target: Uint8Array) => {
    random.fillBytes(target);
    return target;
  });
  // Modules that import these by name get them too.
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    mock.reset();
    syncBuiltinESMExports();
  }
}
