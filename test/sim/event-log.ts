/**
 * Event log: what happened, line by line. The same seed gives the same lines, and so the same hash.
 */
import { createHash } from 'node:crypto';

/** How many of the last lines a failure shows. */
const SHOWN_LINES = 50;
/** Lines are hashed in bundles, which is cheaper than one by one. */
const LINES_PER_BUNDLE = 512;

export class EventLog {
  readonly #nowMs: () => number;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #hash = createHash('sha256');
  #bundle: string[] = [];
  #before: readonly string[] = [];
  #lines = 0;

  constructor(nowMs: () => number, trace?: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#trace = trace;
  }

  get lines(): number {
    return this.#lines;
  }

  add(what: string): void {
    const line = `${this.#nowMs().toFixed(3)} ${what}`;
    this.#trace?.(line);
    this.#lines += 1;
    this.#bundle.push(line);
    if (this.#bundle.length === LINES_PER_BUNDLE) this.#flush();
  }

  /** The last lines, oldest first. */
  last(): string[] {
    return [...this.#before, ...this.#bundle].slice(-SHOWN_LINES);
  }

  /** SHA-256 of all lines. Ends the log. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#bundle.join('\n'));
    this.#before = this.#bundle.slice(-SHOWN_LINES);
    this.#bundle = [];
  }
}
