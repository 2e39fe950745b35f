import { createHistogram } from 'node:perf_hooks';

/** Ages: how old what players saw was when they saw it, in milliseconds. */
export class Ages {
  readonly #histogram = createHistogram();

  add(ageMs: number): void {
    // A histogram takes no zero.
    this.#histogram.record(Math.max(1, ageMs));
  }

  /** The 50th and the 99th percentile since the last reading, for people. */
  read(): readonly [p50: string, p99: string] {
    const { count } = this.#histogram;
    const at = (percentile: number): string =>
      count === 0 ? '-' : `${this.#histogram.percentile(percentile)} ms`;
    const read = [at(50), at(99)] as const;
    this.#histogram.reset();
    return read;
  }
}
