/**
 * A match: all contestants under one Node, at one number of calls in flight after the other. They take turns, round
 * by round, because the machine is noisy: what is compared was measured within seconds.
 */
import { fileURLToPath } from 'node:url';
import type { Listening, Round, RoundResult, ServerResult } from './conversation.js';
import type { Entry } from './lineup.js';
import { Program } from './program.js';
import { ascending, quantile } from './statistics.js';

/** How many calls are kept in flight. */
export const LEVELS = [1, 64, 256] as const;
export type Level = (typeof LEVELS)[number];

/** Makes many calls a second, so that all code is soon compiled, that for 1 in flight as well. */
const WARM_UP_IN_FLIGHT = 64;

/** What runs the contestants. */
export interface Runtime {
  readonly node: string;
  readonly python: string;
}

export interface Pace {
  /** How long the first round lasts, which does not count: until the code is compiled. */
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly durationMs: number;
}

/** What one turn cost. The rates are of calls that were answered. */
export interface Sample {
  readonly callsPerSecond: number;
  readonly clientMicrosPerCall: number;
  readonly serverMicrosPerCall: number;
  /** Of calls with 1 in flight, else not a number. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly calls: number;
  readonly failed: number;
}

/** Hears which turn begins, and how long it should take. */
export type OnTurn = (label: string, durationMs: number) => void;

/** One sample for each round, by contestant, in the order they were given. */
export type LevelResult = readonly (readonly Sample[])[];

const PYTHON_HOME = 'test/bench/comparison/python';

interface Pair {
  readonly name: string;
  readonly client: Program;
  readonly server: Program;
}

export class Match {
  readonly #pairs: readonly Pair[];

  private constructor(pairs: readonly Pair[]) {
    this.#pairs = pairs;
  }

  /** Starts a server and a client for each. @throws Error when one does not start. */
  static async open(entries: readonly Entry[], runtime: Runtime): Promise<Match> {
    return new Match(await Promise.all(entries.map((entry) => enter(entry, runtime))));
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
        const sample = await turn(pair, task);
        if (round > 0) samples[index]?.push(sample);
      }
      // Nobody is always the one that plays after the slowest.
      order.push(...order.splice(0, 1));
    }
    return samples;
  }

  end(): void {
    for (const { client, server } of this.#pairs) {
      client.end();
      server.end();
    }
  }
}

async function enter(entry: Entry, runtime: Runtime): Promise<Pair> {
  const { name } = entry;
  const start = (role: 'client' | 'server', ...args: string[]): Program =>
    entry.contestant === undefined
      ? new Program(`${name}, ${role}`, runtime.python, [
          '-B',
          `${PYTHON_HOME}/${role}.py`,
          ...args,
        ])
      : new Program(`${name}, ${role}`, runtime.node, [script(role), entry.key, ...args]);
  const server = start('server');
  const { port } = (await server.hear()) as Listening;
  const client = start('client', String(port));
  await client.hear();
  return { name, client, server };
}

function script(role: string): string {
  return fileURLToPath(new URL(`${role}.js`, import.meta.url));
}

async function turn({ name, client, server }: Pair, round: Round): Promise<Sample> {
  const before = (await server.ask({})) as ServerResult;
  const result = (await client.ask(round)) as RoundResult;
  const after = (await server.ask({})) as ServerResult;
  const { calls, failed, elapsedMs, cpuMicros } = result;
  const answered = calls - failed;
  if (answered === 0) throw new Error(`${name}: none of ${calls} calls was answered`);
  const latenciesMs = ascending(result.latenciesMs);
  return {
    callsPerSecond: (answered / elapsedMs) * 1_000,
    clientMicrosPerCall: cpuMicros / answered,
    serverMicrosPerCall: (after.cpuMicros - before.cpuMicros) / answered,
    p50Micros: quantile(latenciesMs, 0.5) * 1_000,
    p99Micros: quantile(latenciesMs, 0.99) * 1_000,
    calls,
    failed,
  };
}
