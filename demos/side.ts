/**
 * Side: a process that a demo starts. It tells its address, and perhaps more, and ends when the main
 * process disconnects from it or ends.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** A side, as the main process sees it. */
export class Side {
  readonly address: Address;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, address: Address) {
    this.#process = child;
    this.address = address;
  }

  /**
   * Starts a program, with words for its command line.
   *
   * @param told gets all that the process tells after its address
   */
  static async start(
    program: URL,
    words: readonly string[],
    told: (message: unknown) => void = () => undefined,
  ): Promise<Side> {
    const child = fork(program, words);
    const address = await new Promise<Address>((resolve, reject) => {
      child.once('message', (first) => {
        // Before anything else is told.
        child.on('message', told);
        resolve(first as Address);
      });
      child.once('exit', (code, signal) => {
        reject(new Error(`${program.pathname} ended with ${code ?? signal} before it listened`));
      });
    });
    return new Side(child, address);
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  /** Resolves when the process has ended, with its exit code, or null when a signal ended it. */
  async ended(): Promise<number | null> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  /** Sends it a signal, and resolves when the process has ended. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.#process.kill(signal);
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A signal may have ended it, when it was sent to all processes of the demo at once.
    if (this.#process.connected) this.#process.disconnect();
    await this.ended();
  }
}

/** For the process of a side: reports its address, and resolves when it must end. */
export async function untilTold(address: Address): Promise<void> {
  // Ctrl-C reaches all processes of the terminal. Only the main process acts on it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  await untilLeft(address);
}

/** For the process of a side: reports its address, and resolves when the main process has left it. */
export async function untilLeft(address: Address): Promise<void> {
  // The main process may have ended already.
  if (!process.connected) return;
  process.send?.(address);
  await once(process, 'disconnect');
}

/** For the process of a side: tells the main process something more, if it is still there. */
export function tell(message: object): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
