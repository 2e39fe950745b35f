/**
 * Shows the progress in one line on standard error. Without a terminal, it prints a line at every
 * tenth of the way.
 */
export class Progress {
  readonly #totalMs: number;
  readonly #startedMs = performance.now();
  #doneMs = 0;
  #tenths = -1;

  /** @param totalMs how long all steps should take */
  constructor(totalMs: number) {
    this.#totalMs = totalMs;
  }

  /** Begins a step that should take `stepMs`. */
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

  /** Clears the line. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }
}
