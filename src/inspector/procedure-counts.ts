/** How calls ended, by peer and procedure. */
import type { Outcome } from '../call/outcome.js';
import type { RecordOf } from './record.js';

/** Beyond this many pairs of peer and procedure, new ones are not counted apart. */
const MAX_PAIRS = 1_000;
/** How many are told at a time. */
const MAX_TOLD = 100;

type OutcomeCounts = Record<Outcome['state'], number>;
type ProcedureCounts = RecordOf<'counts'>['procedures'];

export class Procedures {
  /** By peer, and by procedure in it. Bounded by `MAX_PAIRS`. */
  readonly #peers = new Map<string, Map<string, OutcomeCounts>>();
  #pairs = 0;

  settled(peer: string, procedure: string, state: Outcome['state']): void {
    const counts = this.#peers.get(peer)?.get(procedure) ?? this.#admit(peer, procedure);
    if (counts !== undefined) counts[state] += 1;
  }

  #admit(peer: string, procedure: string): OutcomeCounts | undefined {
    if (this.#pairs === MAX_PAIRS) return undefined;
    this.#pairs += 1;
    const counts = { resolved: 0, rejected: 0, timedOut: 0, cancelled: 0, unsent: 0 };
    const procedures = this.#peers.get(peer) ?? new Map<string, OutcomeCounts>();
    this.#peers.set(peer, procedures.set(procedure, counts));
    return counts;
  }

  /** The busiest, the busiest first. */
  busiest(): ProcedureCounts {
    return [...this.#peers]
      .flatMap(([peer, procedures]) =>
        [...procedures].map(([procedure, outcomes]) => ({ peer, procedure, outcomes })),
      )
      .sort((one, other) => sum(other.outcomes) - sum(one.outcomes))
      .slice(0, MAX_TOLD)
      .map((counts) => ({ ...counts, outcomes: { ...counts.outcomes } }));
  }
}

function sum(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
