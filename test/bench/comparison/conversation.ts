/**
 * Conversation: how the benchmark talks to the programs that it starts. A line of JSON asks, a line
 * of JSON answers.
 */
import { createInterface } from 'node:readline';

/** What a client must do. */
export interface Round {
  readonly inFlight: number;
  /** No call begins later than this. Open calls are still awaited. */
  readonly durationMs: number;
}

/** The result of a round. */
export interface RoundResult {
  /** How many calls ended, failed ones included. */
  readonly calls: number;
  /** How many calls timed out or were refused. */
  readonly failed: number;
  /**
   * The time to the last answer, but at least the wanted duration. Later time-outs are counted, but
   * not part of this time.
   */
  readonly elapsedMs: number;
  /** User and system time of the whole process. */
  readonly cpuMicros: number;
  /**
   * How long each call took. Empty with several in flight, where it would mainly measure the
   * waiting.
   */
  readonly latenciesMs: readonly number[];
}

/** The first line of a server. */
export interface Listening {
  readonly port: number;
}

/** The first line of an inspector. */
export interface Serving {
  readonly url: string;
}

/** The answer of a server or an inspector to any question. */
export interface CpuTime {
  /** The CPU time of its process so far. */
  readonly cpuMicros: number;
}

export function cpuTime(): CpuTime {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system };
}

/**
 * Sends a greeting, then answers questions one by one. When the input ends, the benchmark has ended
 * or died, and the process ends. If an answer rejects, its error ends the process.
 */
export function converse(greeting: object, answer: (question: unknown) => unknown): void {
  const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void Promise.resolve(answer(JSON.parse(line))).then(say));
  lines.on('close', () => process.exit());
  process.stdout.on('error', () => process.exit());
  say(greeting);
}
