/** What progress is written to, such as `process.stderr`. */
interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Shows the progress in one line on standard error. Without a terminal, it prints a line at every
 * tenth of the way.
 */
export class Progress {
  readonly #total: number;
  readonly #screen: Screen;
  readonly #startedMs = performance.now();
  #done = 0;
  #tenths = -1;

  /** @param total the sum of all steps, in any unit, such as the milliseconds they should take */
  constructor(total: number, screen: Screen = process.stderr) {
    this.#total = total;
    this.#screen = screen;
  }

  /** Begins a step, which is this much of the total. */
  step(label: string, size: number): void {
    const share = this.#done / this.#total;
    this.#done += size;
    const { isTTY = false } = this.#screen;
    const tenths = Math.floor(share * 10);
    if (!isTTY && tenths === this.#tenths) return;
    this.#tenths = tenths;
    const leftS = Math.ceil(((this.#elapsedMs() / share) * (1 - share)) / 1_000);
    const line = `${Math.floor(share * 100)} %${share > 0 ? `, ${leftS} s left` : ''}: ${label}`;
    this.#screen.write(isTTY ? `\r${line}\x1b[K` : `${line}\n`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#screen.isTTY === true) this.#screen.write('\r\x1b[K');
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }
}
