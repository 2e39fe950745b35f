/** An output: a stream of text whose reader may leave at any time. */
import type { Writable } from 'node:stream';

export class Output {
  readonly #stream: Writable;
  #error: NodeJS.ErrnoException | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Without a listener, Node.js would end the process with a stack.
    stream.on('error', (error) => {
      this.#error ??= error;
    });
  }

  /** Writes text, or bytes, as it is. Never throws; what could not be written shows in `flush`. */
  write(text: string | Uint8Array): void {
    this.#stream.write(text);
  }

  /** Writes a line. */
  print(line: string): void {
    this.write(`${line}\n`);
  }

  /** Calls the listener when nothing can be written any more. */
  onBroken(listener: () => void): void {
    this.#stream.on('error', listener);
  }

  /**
   * Resolves when everything was handed over, and when the reader has left (EPIPE): it has seen what
   * it wanted to.
   *
   * @throws Error what the system said when writing failed otherwise, such as a full disk.
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
