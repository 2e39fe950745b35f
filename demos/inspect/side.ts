/** One side of the demo: a process of its own, which says where it listens and ends when it is told to, or left alone. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Seen from the process that starts it. */
export class Side {
  readonly address: Address;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, address: Address) {
    this.#process = child;
    this.address = address;
  }

  /** Starts a file of this folder, which is given the inspector's URL and, if it has one, whom to call. */
  static async start(file: string, inspectorUrl: string, peer?: Address): Promise<Side> {
    const args = [inspectorUrl, ...(peer === undefined ? [] : [`${peer.host}:${peer.port}`])];
    const child = fork(new URL(file, import.meta.url), args);
    const [address] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`${file} ended with ${String(code)} before it listened`);
      }),
    ])) as [Address];
    return new Side(child, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }
}

/** Of the process itself: says where it listens, and resolves when it is to end. */
export async function untilTold(address: Address): Promise<void> {
  // Ctrl-C reaches every process of the terminal; the first one decides what comes of it.
  process.on('SIGINT', () => undefined);
  process.send?.(address);
  await once(process, 'disconnect');
}
