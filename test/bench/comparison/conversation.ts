/** How the benchmark talks with the programs it starts: a line of JSON asks, a line of JSON answers. */
import { createInterface } from 'node:readline';

/** What a client is told to do. */
export interface Round {
  readonly inFlight: number;
  /** No call begins later than this; those that are open are waited for. */
  readonly durationMs: number;
}

/** What a round came to. */
export interface RoundResult {
  /** Calls that ended, failed ones included. */
  readonly calls: number;
  /** Calls that timed out or were refused. */
  readonly failed: number;
  /** To the last answer, or for as long as was asked: what timed out after that is counted, not waited for. */
  readonly elapsedMs: number;
  /** User and system time of the whole process. */
  readonly cpuMicros: number;
  /** How long each call took. Empty with several in flight, where that would be the price of waiting in line. */
  readonly latenciesMs: readonly number[];
}

/** What a server says first. */
export interface Listening {
  readonly port: number;
}

/** What an inspector says first. */
export interface Serving {
  readonly url: string;
}

/** What a server or an inspector says when asked anything. */
export interface CpuTime {
  /** Of its process, so far. */
  readonly cpuMicros: number;
}

export function cpuTime(): CpuTime {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system };
}

/**
 * Greets, then answers questions one by one, and ends the process with its input: the benchmark has ended, or
 * died. An answer that rejects ends the process with its error.
 */
export function converse(greeting: object, answer: (question: unknown) => unknown): void {
  const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void Promise.resolve(answer(JSON.parse(line))).then(say));
  lines.on('close', () => process.exit());
  process.stdout.on('error', () => process.exit());
  say(greeting);
}
