/** Counts the outcomes of calls by peer and procedure. */
import { noOutcomes, OUTCOME_STATES } from '../../api/call-state.js';
import type { OutcomeCounts, OutcomeState } from '../../api/call-state.js';
import type { RecordOf } from '../record.js';
import { shownName } from './procedure-name.js';

/**
 * The most pairs of peer and procedure. When there would be more, the busier half of them stays.
 */
const MAX_PAIRS = 1_000;
/** The most pairs in one record. */
const MAX_TOLD = 100;

type Pair = RecordOf<'counts'>['procedures'][number];

export class ProcedureCounts {
  /** By peer, and by procedure in it. Bounded by `MAX_PAIRS`. */
  #peers = new Map<string, Map<string, OutcomeCounts>>();
  #pairs = 0;

  /** Counts a call to `procedure` at `peer` with this outcome. */
  settled(peer: string, procedure: string, state: OutcomeState): void {
    const counts = this.#peers.get(peer)?.get(procedure) ?? this.#admit(peer, procedure);
    counts[state] += 1;
  }

  /** The busiest pairs, in descending order. */
  busiest(): Pair[] {
    return this.#sorted()
      .slice(0, MAX_TOLD)
      .map(({ peer, procedure, outcomes }) => ({
        peer,
        procedure: shownName(procedure),
        outcomes: { ...outcomes },
      }));
  }

  #admit(peer: string, procedure: string): OutcomeCounts {
    if (this.#pairs === MAX_PAIRS) this.#forgetIdle();
    return this.#put(peer, procedure, noOutcomes());
  }

  #forgetIdle(): void {
    const busiest = this.#sorted().slice(0, MAX_PAIRS / 2);
    this.#peers = new Map();
    this.#pairs = 0;
    for (const { peer, procedure, outcomes } of busiest) this.#put(peer, procedure, outcomes);
  }

  #put(peer: string, procedure: string, outcomes: OutcomeCounts): OutcomeCounts {
    const counts = { ...outcomes };
    const procedures = this.#peers.get(peer) ?? new Map<string, OutcomeCounts>();
    this.#peers.set(peer, procedures.set(procedure, counts));
    this.#pairs += 1;
    return counts;
  }

  #sorted(): Pair[] {
    return [...this.#peers]
      .flatMap(([peer, procedures]) =>
        [...procedures].map(([procedure, outcomes]) => ({ peer, procedure, outcomes })),
      )
      .sort((one, other) => sum(other.outcomes) - sum(one.outcomes));
  }
}

function sum(outcomes: OutcomeCounts): number {
  return OUTCOME_STATES.reduce((total, state) => total + outcomes[state], 0);
}
