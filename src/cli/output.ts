/** Output: a stream of text whose reader may be slow, may stop reading, or leave at any time. */
import type { Writable } from 'node:stream';

/** How long an output waits for its reader. */
export interface OutputLimits {
  /** While more than this waits, lines of a log are dropped. In bytes; default 1 MiB. */
  readonly maxWaitingBytes?: number;
  /** How long `flush` waits once the output must `hurry`. Default 1,000. */
  readonly farewellMs?: number;
}

export class Output {
  readonly #stream: Writable;
  readonly #maxWaitingBytes: number;
  readonly #farewellMs: number;
  #error: NodeJS.ErrnoException | undefined;
  /** Lines that were dropped and of which the reader has not been told. */
  #dropped = 0;
  #giveUp: (() => void) | undefined;
  readonly #gaveUp = new Promise<void>((resolve) => (this.#giveUp = resolve));
  #farewell: NodeJS.Timeout | undefined;

  constructor(
    stream: Writable,
    { maxWaitingBytes = 1024 * 1024, farewellMs = 1_000 }: OutputLimits = {},
  ) {
    this.#stream = stream;
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#farewellMs = farewellMs;
    // Without a listener, Node.js would end the process and print a stack.
    stream.on('error', (error) => {
      this.#error ??= error;
    });
    stream.on('drain', () => {
      this.#tellDropped();
    });
  }

  /** How many lines of a log were dropped since the reader was last told of any. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes text or bytes unchanged. Never throws: `flush` reports what could not be written. */
  write(text: string | Uint8Array): void {
    this.#stream.write(text);
  }

  /** Writes a line. */
  print(line: string): void {
    this.write(`${line}\n`);
  }

  /**
   * Writes one of many lines, which come whether somebody reads them or not. When too much waits
   * for the reader, lines are dropped until it has read all, and then a line says how many.
   */
  log(line: string): void {
    if (this.#dropped > 0 || this.#stream.writableLength > this.#maxWaitingBytes)
      this.#dropped += 1;
    else this.print(line);
  }

  /** Calls the listener once nothing can be written any more. */
  onBroken(listener: () => void): void {
    this.#stream.on('error', listener);
  }

  /**
   * The command shall end: from now on, `flush` waits a limited time for the reader. Otherwise a
   * reader that has stopped reading would keep the command alive.
   */
  hurry(): void {
    this.#farewell ??= setTimeout(() => this.#giveUp?.(), this.#farewellMs);
  }

  /**
   * Resolves when everything was handed over. Also resolves when the reader has left (EPIPE),
   * because the reader wanted no more; and, after `hurry`, when it has not read for too long.
   *
   * @throws Error from the system when writing failed in another way, such as on a full disk.
   */
  async flush(): Promise<void> {
    if (this.#error === undefined) await Promise.race([this.#written(), this.#gaveUp]);
    clearTimeout(this.#farewell);
    if (this.#error !== undefined && this.#error.code !== 'EPIPE') throw this.#error;
  }

  async #written(): Promise<void> {
    do {
      await new Promise<void>((resolve) => {
        this.#stream.write('', (error) => {
          this.#error ??= error ?? undefined;
          resolve();
        });
      });
      // What was dropped is told when all else is written, so it may have come after.
    } while (this.#error === undefined && this.#stream.writableLength > 0);
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const lines = this.#dropped === 1 ? 'line is' : 'lines are';
    const count = this.#dropped.toLocaleString('en');
    this.#dropped = 0;
    this.print(`(${count} ${lines} missing here: the reader was too slow)`);
  }
}
