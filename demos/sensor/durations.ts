/** Durations: middleware that measures how long requests take, and says so. */
import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import type { Middleware } from 'rpcudp';

export class Durations {
  /** Of each procedure and each way to end. Bounded by these: names from strangers are one. */
  readonly #durationsUs = new Map<string, RecordableHistogram>();
  readonly #log: (line: string) => void;

  /** @param log gets a line when a procedure ends in some way for the first time, and no more */
  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Sees all requests, so it is the first in the list: also those that others of the list refuse. */
  readonly middleware: Middleware = async (request, next) => {
    const beganAtMs = performance.now();
    let ending = 'done';
    try {
      return await next();
    } catch (error) {
      ending = codeOf(error);
      throw error;
    } finally {
      const isKnown = request.refusal?.code !== 'unknownProcedure';
      const procedure = isKnown ? request.procedure : '(unknown)';
      this.#measured(`${procedure} ${ending}`, performance.now() - beganAtMs);
    }
  };

  /** A line for each procedure and each way to end. */
  lines(): string[] {
    return [...this.#durationsUs].map(([what, histogram]) => {
      const [median, most] = [histogram.percentile(50), histogram.max];
      return `${what}: ${histogram.count} in all, half within ${ms(median)}, all within ${ms(most)}`;
    });
  }

  #measured(what: string, durationMs: number): void {
    const histogram = this.#durationsUs.get(what) ?? createHistogram();
    const durationUs = Math.max(1, Math.round(durationMs * 1_000));
    histogram.record(durationUs);
    if (this.#durationsUs.has(what)) return;
    this.#durationsUs.set(what, histogram);
    this.#log(`${what}, for the first time, in ${ms(durationUs)}`);
  }
}

/** The codes that this service answers with are a closed set. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
}

function ms(durationUs: number): string {
  return `${(durationUs / 1_000).toFixed(1)} ms`;
}
