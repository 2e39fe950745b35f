/**
 * Failures: counts what went wrong by kind, and says which are shown whole. They are told by the
 * thousand when a peer is gone or overloaded, and all are alike: to show each would cost more than
 * the calls themselves. So the first ones of a kind are shown, then a few in a second, and the
 * others are counted.
 */
import type { RecordOf, Unnumbered } from '../record.js';
import { Allowance } from './allowance.js';
import { shownName } from './procedure-name.js';

/** How a call, a notification or a request went wrong. */
export type Failure = Pick<RecordOf<'failures'>, 'of' | 'procedure' | 'peer' | 'state' | 'reason'>;

/** Beyond this many kinds, procedures and peers are not told apart any more. */
const MAX_KINDS = 200;
/** Beyond this many, reasons are not told apart either. Then the states bound them. */
const MAX_ALL_KINDS = 2 * MAX_KINDS;
const ANY = '*';
/** The most kinds that are recorded at once. The next time goes on from there. */
const MAX_TOLD = 50;
const MAX_REASON_LENGTH = 100;
/** However few calls are shown, so many failures may be shown in a period. */
const MIN_PER_PERIOD = 20;
/** Each kind may show this share of what is shown of all kinds, in the long run. */
const SHARE = 1 / 50;

interface Kind extends Failure {
  readonly allowance: Allowance;
  count: number;
  shown: number;
}

export class Failures {
  readonly #maxPerPeriod: number;
  /** Bounded by `MAX_ALL_KINDS`, and the states. */
  readonly #kinds = new Map<string, Kind>();
  /**
   * The kind that was counted last, by peer: in a storm it is the next one, too. To build a key for
   * each would cost more than all else. Bounded by `MAX_KINDS`.
   */
  readonly #last = new Map<string, Kind>();
  /** Signs of trouble that are no failures yet. Bounded by the events of the machines. */
  readonly #signs = new Map<string, Allowance>();
  /** Those that were counted and are not recorded yet. */
  readonly #changed = new Set<Kind>();
  #period = 0;
  #left: number;

  /** @param maxPerPeriod how many to show between two calls of `nextPeriod`, at most; may be few */
  constructor(maxPerPeriod: number) {
    this.#maxPerPeriod = maxPerPeriod;
    this.#left = Math.max(maxPerPeriod, MIN_PER_PERIOD);
  }

  /** Counts a failure. Returns whether it may be shown whole; `isShown` if it is anyway. */
  count(failure: Failure, isShown: boolean): boolean {
    const last = this.#last.get(failure.peer);
    const kind = isOf(last, failure) ? last : this.#kindOf(failure);
    if (kind !== last) this.#noteLast(failure.peer, kind);
    kind.count += 1;
    this.#changed.add(kind);
    const shows = isShown || this.#admits(kind.allowance);
    if (shows) kind.shown += 1;
    return shows;
  }

  /** A failure that was counted before, and not shown, is shown now. */
  shownLater(failure: Failure): void {
    const kind = this.#kindOf(failure);
    kind.shown = Math.min(kind.count, kind.shown + 1);
    this.#changed.add(kind);
  }

  /** Whether one with this sign of trouble may be shown whole. */
  admitsSign(sign: string): boolean {
    const allowance = this.#signs.get(sign) ?? new Allowance();
    this.#signs.set(sign, allowance);
    return this.#admits(allowance);
  }

  nextPeriod(): void {
    this.#period += 1;
    this.#left = Math.max(this.#maxPerPeriod, MIN_PER_PERIOD);
  }

  /** The records of the kinds of which not all were shown, if they have changed; up to a limit. */
  takeChanged(): Unnumbered<RecordOf<'failures'>>[] {
    const taken = [...this.#changed].slice(0, MAX_TOLD);
    for (const kind of taken) this.#changed.delete(kind);
    return taken
      .filter(({ count, shown }) => shown < count)
      .map(({ allowance: _, ...kind }) => ({ type: 'failures', ...kind }));
  }

  get hasMore(): boolean {
    return this.#changed.size > 0;
  }

  #noteLast(peer: string, kind: Kind): void {
    if (this.#last.size >= MAX_KINDS) this.#last.clear();
    this.#last.set(peer, kind);
  }

  #admits(allowance: Allowance): boolean {
    if (this.#maxPerPeriod === Infinity) return true;
    if (this.#left < 1 || !allowance.take(this.#period, this.#maxPerPeriod * SHARE)) return false;
    this.#left -= 1;
    return true;
  }

  #kindOf(failure: Failure): Kind {
    const known = this.#kinds.get(keyOf(failure));
    if (known !== undefined) return known;
    if (this.#kinds.size < MAX_KINDS) return this.#add(failure);
    const rough = { ...failure, procedure: ANY, peer: ANY };
    const isFull = this.#kinds.size >= MAX_ALL_KINDS;
    const kept = isFull ? { ...rough, reason: ANY } : rough;
    return this.#kinds.get(keyOf(rough)) ?? this.#kinds.get(keyOf(kept)) ?? this.#add(kept);
  }

  #add(failure: Failure): Kind {
    const { of, procedure, peer, state, reason } = failure;
    const kind: Kind = {
      of,
      procedure: shownName(procedure),
      peer,
      state,
      reason: reason.slice(0, MAX_REASON_LENGTH),
      allowance: new Allowance(),
      count: 0,
      shown: 0,
    };
    this.#kinds.set(keyOf(failure), kind);
    return kind;
  }
}

function isOf(kind: Kind | undefined, failure: Failure): kind is Kind {
  if (kind === undefined) return false;
  const { of, procedure, peer, state, reason } = failure;
  if (kind.of !== of || kind.state !== state || kind.reason !== reason) return false;
  return kind.peer === peer && kind.procedure === procedure;
}

/** Peers and states have no line breaks, so no two failures share a key by accident. */
function keyOf({ of, procedure, peer, state, reason }: Failure): string {
  return `${of}\n${state}\n${peer}\n${procedure}\n${reason}`;
}
