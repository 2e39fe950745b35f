/**
 * Duel: two builds of `rpcudp` play the same. Only the build may differ between them, although
 * others use the machine too:
 *
 * - The builds alternate every few milliseconds, so that whatever slows the machine down affects
 *   both.
 * - The results of several such turns are added up before they are compared. A garbage collection
 *   falls into some turns only, but is a cost of all.
 * - Each round has new processes with another layout in memory, which is the same for both builds.
 */
import type { Entry } from '../comparison/lineup.js';
import { LEVELS, WARM_UP_IN_FLIGHT } from '../comparison/match.js';
import type { OnTurn, Pace } from '../comparison/match.js';
import type { Runtime } from '../comparison/pair.js';
import type { Sample } from '../comparison/tally.js';
import { Alternation } from './alternation.js';
import type { Row } from './ratios.js';
import { SIDES } from './sides.js';
import type { Sides } from './sides.js';

/** Long enough for several waves of calls, and too short for the machine to change much. */
const TURN_MS = 20;
/** How long each side plays before both are compared. */
const COMPARED_MS = 80;
/**
 * How long each side plays without being measured after the number of calls in flight has changed,
 * because other code must be compiled.
 */
const SETTLE_MS = 200;

/** How long everything should take. */
export function durationOf(entries: readonly Entry[], pace: Pace): number {
  const sideMs = pace.warmUpMs + LEVELS.length * (SETTLE_MS + pace.durationMs);
  return entries.length * pace.rounds * SIDES.length * sideMs;
}

/**
 * Plays all rounds. `pace.durationMs` is for each side.
 *
 * @throws Error when a process does not start, or answers wrongly.
 */
export async function play(
  entries: readonly Entry[],
  runtimesOf: (round: number) => Sides<Runtime>,
  pace: Pace,
  onTurn: OnTurn,
): Promise<Row[]> {
  const played = entries.map((entry) => ({
    entry,
    rows: LEVELS.map((inFlight) => ({
      name: entry.name,
      inFlight,
      comparisons: [] as Sides<Sample>[],
    })),
  }));
  for (let round = 1; round <= pace.rounds; round += 1) {
    for (const { entry, rows } of played) {
      const label = `round ${round} of ${pace.rounds}, ${entry.name}`;
      const durationMs = entry.turnMs ?? TURN_MS;
      onTurn(`${label}, warming up`, SIDES.length * pace.warmUpMs);
      const alternation = await Alternation.start(entry, runtimesOf(round), round);
      await alternation.play({ inFlight: WARM_UP_IN_FLIGHT, durationMs }, pace.warmUpMs);
      for (const { inFlight, comparisons } of rows) {
        onTurn(`${label}, ${inFlight} in flight`, SIDES.length * (SETTLE_MS + pace.durationMs));
        const turn = { inFlight, durationMs };
        await alternation.play(turn, SETTLE_MS);
        for (let ms = 0; ms < pace.durationMs; ms += COMPARED_MS) {
          comparisons.push(await alternation.play(turn, COMPARED_MS));
        }
      }
      alternation.end();
    }
  }
  return played.flatMap(({ rows }) => rows);
}
