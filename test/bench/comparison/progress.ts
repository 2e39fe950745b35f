/** One line on standard error that says how far it is; where that is no terminal, a line every tenth of the way. */
export class Progress {
  readonly #totalMs: number;
  readonly #startedMs = performance.now();
  #doneMs = 0;
  #tenths = -1;

  /** `totalMs`: what all steps are expected to take. */
  constructor(totalMs: number) {
    this.#totalMs = totalMs;
  }

  /** A step begins that is expected to take `stepMs`. */
  step(label: string, stepMs: number): void {
    const share = this.#doneMs / this.#totalMs;
    this.#doneMs += stepMs;
    const { isTTY } = process.stderr;
    const tenths = Math.floor(share * 10);
    if (!isTTY && tenths === this.#tenths) return;
    this.#tenths = tenths;
    const leftS = Math.ceil(((this.#elapsedMs() / share) * (1 - share)) / 1_000);
    const line = `${Math.floor(share * 100)} %${share > 0 ? `, ${leftS} s left` : ''}: ${label}`;
    process.stderr.write(isTTY ? `\r${line}\x1b[K` : `${line}\n`);
  }

  /** Leaves the line free. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }
}
