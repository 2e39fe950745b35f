/**
 * Alternation: the two builds of a round. Each has its own client and server, and they take turns.
 */
import type { Round } from '../comparison/conversation.js';
import type { Entry } from '../comparison/lineup.js';
import { Pair } from '../comparison/pair.js';
import type { Runtime } from '../comparison/pair.js';
import { sampleOf, sumOf } from '../comparison/tally.js';
import type { Sample, Tally } from '../comparison/tally.js';
import { SIDES, orderAt } from './sides.js';
import type { Side, Sides } from './sides.js';

export class Alternation {
  readonly #pairs: Sides<Pair>;
  #turn: number;

  private constructor(pairs: Sides<Pair>, firstTurn: number) {
    this.#pairs = pairs;
    this.#turn = firstTurn;
  }

  /** `firstTurn` decides which side begins. @throws Error when a process does not start. */
  static async start(
    entry: Entry,
    runtimes: Sides<Runtime>,
    firstTurn: number,
  ): Promise<Alternation> {
    const startSide = (side: Side): Promise<Pair> =>
      Pair.start(entry, runtimes[side], `${entry.name}, ${side} build`);
    // Both start at once, so that both find the machine in the same state.
    const started = await Promise.allSettled([startSide('old'), startSide('new')]);
    const [old, now] = started;
    if (old.status === 'fulfilled' && now.status === 'fulfilled') {
      return new Alternation({ old: old.value, new: now.value }, firstTurn);
    }
    for (const each of started) if (each.status === 'fulfilled') each.value.end();
    throw old.status === 'rejected' ? old.reason : (now as PromiseRejectedResult).reason;
  }

  /**
   * Plays turns until each side has played `totalMs`, at least one, and adds them up.
   *
   * @throws Error when a process ends, does not answer, or answers no call.
   */
  async play(turn: Round, totalMs: number): Promise<Sides<Sample>> {
    const tallies: Sides<Tally[]> = { old: [], new: [] };
    const end = this.#turn + Math.max(1, Math.round(totalMs / turn.durationMs));
    for (; this.#turn < end; this.#turn += 1) {
      for (const side of orderAt(this.#turn))
        tallies[side].push(await this.#pairs[side].play(turn));
    }
    const sample = (side: Side): Sample => sampleOf(this.#pairs[side].name, sumOf(tallies[side]));
    return { old: sample('old'), new: sample('new') };
  }

  end(): void {
    for (const side of SIDES) this.#pairs[side].end();
  }
}
