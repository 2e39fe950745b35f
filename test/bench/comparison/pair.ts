/** Pair: a client and its server, each in a separate process. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CpuTime, Listening, Round, RoundResult } from './conversation.js';
import type { Entry } from './lineup.js';
import { Program } from './program.js';
import type { Tally } from './tally.js';

/** How the contestants are started. */
export interface Runtime {
  /** The command of Node.js, with what starts it and its options. */
  readonly node: readonly string[];
  readonly python: string;
  /** The folder of the compiled programs. Default: the folder of this file. */
  readonly programs?: string;
}

const OWN_PROGRAMS = fileURLToPath(new URL('.', import.meta.url));
const PYTHON_HOME = 'test/bench/comparison/python';

export class Pair {
  readonly name: string;
  readonly #client: Program;
  readonly #server: Program;

  private constructor(name: string, client: Program, server: Program) {
    this.name = name;
    this.#client = client;
    this.#server = server;
  }

  /** `name` is used in the progress and in errors. @throws Error when a process does not start. */
  static async start(entry: Entry, runtime: Runtime, name = entry.name): Promise<Pair> {
    const { node, python, programs = OWN_PROGRAMS } = runtime;
    const commandOf = (role: string): readonly string[] =>
      entry.contestant === undefined
        ? [python, '-B', `${PYTHON_HOME}/${role}.py`]
        : [...node, join(programs, `${role}.js`), entry.key];
    const start = (role: 'client' | 'server', ...more: string[]): Program => {
      const [command = '', ...args] = commandOf(role);
      return new Program(`${name}, ${role}`, command, [...args, ...more]);
    };
    const server = start('server');
    const { port } = (await server.hear()) as Listening;
    const client = start('client', String(port));
    await client.hear();
    return new Pair(name, client, server);
  }

  /** @throws Error when a process ends, or does not answer. */
  async play(round: Round): Promise<Tally> {
    const before = (await this.#server.ask({})) as CpuTime;
    const { cpuMicros, ...result } = (await this.#client.ask(round)) as RoundResult;
    const after = (await this.#server.ask({})) as CpuTime;
    return {
      ...result,
      clientMicros: cpuMicros,
      serverMicros: after.cpuMicros - before.cpuMicros,
    };
  }

  end(): void {
    this.#client.end();
    this.#server.end();
  }
}
