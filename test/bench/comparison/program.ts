import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Longer than the time-out of any contestant. Only a contestant that does not notice a lost
 * datagram takes this long.
 */
const ANSWER_TIMEOUT_MS = 60_000;

/** Programs to kill at exit. A busy program would not notice that its input has ended. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/**
 * A program in a separate process that is asked with lines of JSON. It ends when its input ends, or
 * with this process.
 */
export class Program {
  readonly #name: string;
  readonly #process: ChildProcess;
  #waiting: Waiting | undefined;
  #failure: Error | undefined;

  constructor(name: string, command: string, args: readonly string[]) {
    this.#name = name;
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    running.add(child);
    child.on('error', (error) => this.#fail(error.message));
    child.on('exit', (code, signal) => {
      running.delete(child);
      this.#fail(`it ended with ${code ?? signal}`);
    });
    // Broken when the program has ended, which is handled above.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#waiting?.resolve(JSON.parse(line));
    });
  }

  /**
   * The next line of the program.
   *
   * @throws Error when the program ends, or is silent for 60 s.
   */
  async hear(): Promise<unknown> {
    if (this.#failure !== undefined) throw this.#failure;
    const timer = setTimeout(() => this.#fail('no answer in 60 s'), ANSWER_TIMEOUT_MS);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
      });
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  /** Asks the program, and returns the answer. @throws Error as `hear` does. */
  ask(question: object): Promise<unknown> {
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    return this.hear();
  }

  /** Lets the program end by itself. */
  end(): void {
    this.#process.stdin?.end();
  }

  #fail(why: string): void {
    this.#failure = new Error(`${this.#name}: ${why}`);
    this.#waiting?.reject(this.#failure);
  }
}
