/** Journal: lines on the disk. Those that come while the disk is busy are written together. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

export class Journal {
  readonly #file: FileHandle;
  /** What is not written yet. Bounded by the requests that run, each of which waits for its line. */
  #lines: string[] = [];
  #last = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<Journal> {
    return new Journal(await open(path, 'a'));
  }

  /** Resolves when the line is on the disk. Rejects when the disk does not take it. */
  append(line: string): Promise<void> {
    this.#lines.push(`${line}\n`);
    return (this.#next ??= this.#last.catch(() => undefined).then(() => this.#write()));
  }

  /** Resolves when all lines are on the disk. */
  async close(): Promise<void> {
    await (this.#next ?? this.#last).catch(() => undefined);
    await this.#file.close();
  }

  async #write(): Promise<void> {
    this.#last = this.#next ?? this.#last;
    this.#next = undefined;
    const lines = this.#lines;
    this.#lines = [];
    await this.#file.appendFile(lines.join(''));
    await this.#file.datasync();
  }
}
