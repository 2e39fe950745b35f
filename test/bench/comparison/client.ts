/**
 * Client: one client of the benchmark, in a separate process, so that its effects on the optimiser
 * and the garbage collector do not count for another client. Plays a round when it is told to, and
 * reports the result.
 */
import { TEXT } from './contestants/contestant.js';
import { converse } from './conversation.js';
import type { Round, RoundResult } from './conversation.js';
import { contestant } from './lineup.js';

const [key, port] = process.argv.slice(2);
const client = await contestant(key).connect(Number(port));
converse({}, (round) => play(round as Round));

/** Keeps `inFlight` calls open for the wanted time. @throws Error when another text comes back. */
async function play({ inFlight, durationMs }: Round): Promise<RoundResult> {
  const latenciesMs: number[] = [];
  const timed = inFlight === 1;
  let calls = 0;
  let failed = 0;
  let endedMs = NaN;
  // A timer, so that no call has to read the clock.
  let over = false;
  setTimeout(() => {
    over = true;
    endedMs = performance.now();
  }, durationMs);

  const lane = async (): Promise<void> => {
    let beganMs = performance.now();
    let text: string | undefined;
    while (!over) {
      // If this throws at once, that is a bug, and ends the benchmark.
      const call = client.call();
      try {
        text = client.textOf(await call);
      } catch {
        // Some clients reject where others resolve with a failure.
        text = undefined;
      }
      calls += 1;
      if (text === undefined) failed += 1;
      else if (text !== TEXT) throw new Error(`${key} answered ${text} instead of ${TEXT}`);
      if (timed) {
        const nowMs = performance.now();
        latenciesMs.push(nowMs - beganMs);
        beganMs = nowMs;
      }
    }
    if (text !== undefined) endedMs = performance.now();
  };
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  // The remaining work belongs to the cost of these calls, and must not disturb the next
  // contestant.
  await client.rest?.();
  const { user, system } = process.cpuUsage(cpuBefore);
  const elapsedMs = endedMs - startedMs;
  return { calls, failed, elapsedMs, cpuMicros: user + system, latenciesMs };
}
