/** Troubles: the latest calls and requests of one endpoint that went wrong, in words. */
import type { CallState } from '../../api/call-state.js';
import type { NotificationState } from '../../api/notification-state.js';
import type { HandlerState } from '../../handler/state.js';
import type { InspectionRecord, RecordOf } from '../../inspector/record.js';
import { textIfTyped } from '../../legible/typed-text.js';
import { rowOf } from '../../vocabulary.js';
import { durationWords } from './quantity.js';

/** The most troubles that are kept. The oldest are removed first. */
const MAX_TROUBLES = 100;
/** The most living calls and requests that are kept. The oldest are removed first. */
const MAX_LIVING = 10_000;

type Transaction = RecordOf<'call'> | RecordOf<'notification'> | RecordOf<'handler'>;
type Step = RecordOf<'step'>;

/** A call, a notification or a request that went wrong. */
export interface Trouble {
  readonly atMs: number;
  readonly state: string;
  readonly words: string;
  /** Undefined if the beginning of the call or request was not seen. */
  readonly procedure: string | undefined;
  readonly peer: string | undefined;
}

export class Troubles {
  readonly #troubles: Trouble[] = [];
  /** Calls and requests by the number of their actor. */
  readonly #living = new Map<number, Transaction>();

  add(record: InspectionRecord): void {
    switch (record.type) {
      case 'call':
      case 'notification':
      case 'handler':
        this.#begin(record);
        break;
      case 'step':
        this.#step(record);
        break;
      default:
      // The others tell of nothing that can go wrong.
    }
  }

  /** All troubles that are kept, the newest first. */
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
    const words = rowOf(WORDS, step.state)?.(step);
    const { atMs, state, actor, final } = step;
    if (words !== undefined) {
      const { procedure, peer } = this.#living.get(actor) ?? {};
      this.#troubles.push({ atMs, state, words, procedure, peer });
      if (this.#troubles.length > MAX_TROUBLES) this.#troubles.shift();
    }
    if (final) this.#living.delete(actor);
  }
}

/** Says what went wrong in a step. Undefined if nothing did, or if it was said before. */
type WordsOf = (step: Step) => string | undefined;

const nothing: WordsOf = () => undefined;

const WORDS: Readonly<Record<CallState | NotificationState | HandlerState, WordsOf>> = {
  queued: nothing,
  sent: nothing,
  awaiting: nothing,
  resolved: nothing,
  rejected: ({ outcome }) => `rejected: ${errorWords(outcome?.['error'])}`,
  // A call that has timed out can take more events while it lingers.
  timedOut: ({ event, because }) => {
    if (event === 'answeredElsewhere') return because;
    return event === 'expired' || event === 'withdrawn'
      ? `timed out: ${because ?? 'nobody knows why'}`
      : undefined;
  },
  late: ({ lateByMs = 0 }) => `an answer came ${durationWords(lateByMs)} too late`,
  lost: nothing,
  cancelled: nothing,
  unsent: ({ outcome }) => `never sent: ${errorWords(outcome?.['error'])}`,
  replaced: nothing,
  dropped: ({ because }) => `dropped: ${because ?? 'nobody knows why'}`,
  received: nothing,
  running: nothing,
  replied: nothing,
  finished: nothing,
  failed: ({ error }) => `failed here: ${errorWords(error)}`,
  refused: ({ because }) => `refused here: ${because ?? 'nobody knows why'}`,
  abandoned: () => 'abandoned: the endpoint closed before it ended',
};

/** The words for an error, or for another thrown value, as `legible` shows it. */
function errorWords(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const typed = textIfTyped(error);
  if (typed !== undefined) return typed;
  const { code, message } = error as { code?: unknown; message?: unknown };
  // The message of an error of Node.js, or of this library, is enough without its code.
  const isNamed = typeof code === 'string' && !code.startsWith('ERR_');
  const parts = [isNamed && code, message].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return parts.length > 0 ? parts.join(': ') : JSON.stringify(error);
}
