/** Troubles: the calls and requests of one endpoint that went wrong last, in words. */
import type { InspectionRecord, RecordOf } from '../../inspector/record.js';
import { durationWords } from './quantity.js';

/** How many troubles are kept; the oldest go first. */
const MAX_TROUBLES = 100;
/** Whose beginning is kept while they live; the oldest go first. */
const MAX_LIVING = 10_000;

type Transaction = RecordOf<'call'> | RecordOf<'handler'>;
type Step = RecordOf<'step'>;

/** A call, or a request, that went wrong. */
export interface Trouble {
  readonly atMs: number;
  readonly state: string;
  readonly words: string;
  /** Undefined where the beginning was not seen. */
  readonly procedure: string | undefined;
  readonly peer: string | undefined;
}

export class Troubles {
  readonly #troubles: Trouble[] = [];
  /** By the number of the actor. */
  readonly #living = new Map<number, Transaction>();

  add(record: InspectionRecord): void {
    if (record.type === 'call' || record.type === 'handler') this.#begin(record);
    else if (record.type === 'step') this.#step(record);
  }

  /** The newest first. */
  latest(): Trouble[] {
    return this.#troubles.toSorted((one, other) => other.atMs - one.atMs);
  }

  #begin(transaction: Transaction): void {
    this.#living.set(transaction.actor, transaction);
    if (this.#living.size <= MAX_LIVING) return;
    for (const oldest of this.#living.keys()) {
      this.#living.delete(oldest);
      return;
    }
  }

  #step(step: Step): void {
    const words = wordsOf(step);
    const { atMs, state, actor, final } = step;
    if (words !== undefined) {
      const { procedure, peer } = this.#living.get(actor) ?? {};
      this.#troubles.push({ atMs, state, words, procedure, peer });
      if (this.#troubles.length > MAX_TROUBLES) this.#troubles.shift();
    }
    if (final) this.#living.delete(actor);
  }
}

/** What went wrong with this step; undefined if nothing did, or if it was told before. */
function wordsOf({
  event,
  state,
  outcome,
  error,
  because,
  lateByMs = 0,
}: Step): string | undefined {
  switch (state) {
    case 'timedOut':
      // A call that has timed out can take more events while it lingers.
      return event === 'expired' ? `timed out: ${because ?? 'nobody knows why'}` : undefined;
    case 'late':
      return `an answer came ${durationWords(lateByMs)} too late`;
    case 'rejected':
      return `rejected: ${errorWords(outcome?.['error'])}`;
    case 'unsent':
      return `never sent: ${errorWords(outcome?.['error'])}`;
    case 'failed':
      return `failed here: ${errorWords(error)}`;
    case 'refused':
      return `refused here: ${because ?? 'nobody knows why'}`;
    case 'abandoned':
      return 'abandoned: the endpoint closed before it ended';
    default:
      return undefined;
  }
}

/** An error, or whatever else was thrown, as `legible` shows it. */
function errorWords(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  // Of Node.js' errors, and our own, the message says it all.
  const isNamed = typeof code === 'string' && !code.startsWith('ERR_');
  const parts = [isNamed && code, message].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return parts.length > 0 ? parts.join(': ') : JSON.stringify(error);
}
