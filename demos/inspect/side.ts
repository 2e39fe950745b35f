/**
 * Side: a process of the inspect demo, the client or the server. It reports its address, and ends
 * when the main process disconnects from it or ends.
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
   * Starts a file of this folder. Its arguments are the inspector's URL and, for a client, the
   * peer.
   */
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
    const { exitCode, signalCode } = this.#process;
    // A signal may have ended it, when it was sent to all processes of the demo at once.
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.disconnect();
    await ended;
  }
}

/** For the process of a side: reports its address, and resolves when it must end. */
export async function untilTold(address: Address): Promise<void> {
  // Ctrl-C reaches all processes of the terminal. Only the main process acts on it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  // The main process may have ended already.
  if (!process.connected) return;
  process.send?.(address);
  await once(process, 'disconnect');
}
