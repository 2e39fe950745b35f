/** Output: a stream of text whose reader may leave at any time. */
import type { Writable } from 'node:stream';

export class Output {
  readonly #stream: Writable;
  #error: NodeJS.ErrnoException | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Without a listener, Node.js would end the process and print a stack.
    stream.on('error', (error) => {
      this.#error ??= error;
    });
  }

  /** Writes text or bytes unchanged. Never throws: `flush` reports what could not be written. */
  write(text: string | Uint8Array): void {
    this.#stream.write(text);
  }

  /** Writes a line. */
  print(line: string): void {
    this.write(`${line}\n`);
  }

  /** Calls the listener once nothing can be written any more. */
  onBroken(listener: () => void): void {
    this.#stream.on('error', listener);
  }

  /**
   * Resolves when everything was handed over. Also resolves when the reader has left (EPIPE),
   * because the reader wanted no more.
   *
   * @throws Error from the system when writing failed in another way, such as on a full disk.
   */
  async flush(): Promise<void> {
    if (this.#error === undefined) {
      await new Promise<void>((resolve) => {
        this.#stream.write('', (error) => {
          this.#error ??= error ?? undefined;
          resolve();
        });
      });
    }
    if (this.#error !== undefined && this.#error.code !== 'EPIPE') throw this.#error;
  }
}
