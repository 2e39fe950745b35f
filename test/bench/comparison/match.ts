/**
 * Match: all contestants under one Node.js, with one number of calls in flight after the other.
 * They take turns, round by round, because the machine is noisy: results that are compared were
 * measured within seconds.
 */
import type { Round } from './conversation.js';
import type { Entry } from './lineup.js';
import { Pair } from './pair.js';
import type { Runtime } from './pair.js';
import { sampleOf } from './tally.js';
import type { Sample } from './tally.js';

/** The numbers of calls that are kept in flight. */
export const LEVELS = [1, 64, 256] as const;
export type Level = (typeof LEVELS)[number];

/** Makes many calls a second, so that all code is compiled soon, also for 1 in flight. */
export const WARM_UP_IN_FLIGHT = 64;

export interface Pace {
  /** How long the first round lasts, which does not count: until the code is compiled. */
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly durationMs: number;
}

/** Called when a turn begins, with how long it should take. */
export type OnTurn = (label: string, durationMs: number) => void;

/** By contestant, in the given order: one sample for each round. */
export type LevelResult = readonly (readonly Sample[])[];

export class Match {
  readonly #pairs: readonly Pair[];

  private constructor(pairs: readonly Pair[]) {
    this.#pairs = pairs;
  }

  /** Starts a server and a client for each entry. @throws Error when one does not start. */
  static async open(entries: readonly Entry[], runtime: Runtime): Promise<Match> {
    return new Match(await Promise.all(entries.map((entry) => Pair.start(entry, runtime))));
  }

  /** @throws Error when a contestant answers nothing, or wrongly. */
  async play(level: Level, pace: Pace, onTurn: OnTurn): Promise<LevelResult> {
    const samples = this.#pairs.map((): Sample[] => []);
    const order = [...this.#pairs.entries()];
    for (let round = 0; round <= pace.rounds; round += 1) {
      const task: Round =
        round === 0
          ? { inFlight: WARM_UP_IN_FLIGHT, durationMs: pace.warmUpMs }
          : { inFlight: level, durationMs: pace.durationMs };
      for (const [index, pair] of order) {
        const label = `${level} in flight, round ${round} of ${pace.rounds}, ${pair.name}`;
        onTurn(label, task.durationMs);
        const sample = sampleOf(pair.name, await pair.play(task));
        if (round > 0) samples[index]?.push(sample);
      }
      // Rotates the order, so that no contestant always plays after the slowest.
      order.push(...order.splice(0, 1));
    }
    return samples;
  }

  end(): void {
    for (const pair of this.#pairs) pair.end();
  }
}
