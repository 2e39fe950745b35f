/**
 * Masking: shows the values of calls and requests, without the masked parts.
 *
 * The words of an error may repeat a value, for example "wrong password hunter2". So if any
 * argument of a transaction is masked, only the name and the code of its errors are shown.
 */
import type { Outcome } from '../../api/outcome.js';
import { legibleValue } from '../../legible/legible-value.js';
import { MASKED, maskTest } from '../../legible/mask.js';
import type { Mask, MaskTest } from '../../legible/mask.js';
import { isDrop } from '../../wire/drop.js';
import { readFrame } from '../../wire/frame.js';
import type { Frame } from '../../wire/frame.js';
import { maskedBytes, shownBytes } from './masked-frame.js';
import type { ShownBytes } from './masked-frame.js';
import { MAX_NAME_LENGTH, mayRepeat } from './transaction.js';
import type { Transaction } from './transaction.js';

/** Stands for every transaction when nothing is masked. */
const OPEN: Transaction = { procedure: '', hasMasked: false };

export class Masking {
  readonly #isMasked: MaskTest;
  /** Whether there is a mask. */
  readonly #active: boolean;

  constructor(mask: Mask | undefined) {
    this.#isMasked = maskTest(mask);
    this.#active = mask !== undefined;
  }

  /**
   * What masks need to know about a transaction. @param request its request; undefined if it was
   * not kept
   */
  transaction(procedure: string, request: Buffer | undefined): Transaction {
    if (!this.#active) return OPEN;
    const frame = request && readFrame(request);
    return {
      procedure: procedure.length <= MAX_NAME_LENGTH ? procedure : undefined,
      hasMasked: frame === undefined || isDrop(frame) || this.frame(frame).masked === true,
    };
  }

  /** The bytes of a frame. @param transaction the transaction of its id, if known */
  frame(frame: Frame, transaction?: Transaction): ShownBytes {
    if (!this.#active) return shownBytes(frame.datagram);
    return maskedBytes(frame, transaction, this.#isMasked);
  }

  /** The bytes of a frame that cannot be read, so that it is not known what they hold. */
  unreadable(bytes: Buffer): ShownBytes {
    return this.#active ? { base64: '', masked: true } : shownBytes(bytes);
  }

  args(args: readonly unknown[], procedure: string): unknown[] {
    const shown = this.#show(args, ['args'], procedure);
    // The record needs an array, even when all arguments are masked.
    return Array.isArray(shown) ? shown : [shown];
  }

  value(value: unknown, procedure: string): unknown {
    return this.#show(value, ['outcome', 'value'], procedure);
  }

  error(error: unknown, procedure: string, transaction: Transaction): unknown {
    return this.#showWords(error, 'error', procedure, transaction);
  }

  /** An outcome: its measurements, and the parts of its values that may be seen. */
  outcome(outcome: Outcome, procedure: string, transaction: Transaction): Record<string, unknown> {
    switch (outcome.state) {
      case 'resolved':
        return { ...outcome, value: this.value(outcome.value, procedure) };
      case 'rejected':
      case 'unsent':
        return { ...outcome, error: this.error(outcome.error, procedure, transaction) };
      case 'cancelled': {
        const reason = this.#showWords(outcome.reason, 'reason', procedure, transaction);
        return { ...outcome, reason };
      }
      case 'timedOut':
        return { ...outcome };
    }
  }

  #showWords(
    words: unknown,
    key: 'error' | 'reason',
    procedure: string,
    transaction: Transaction,
  ): unknown {
    const shown = this.#show(words, ['outcome', key], procedure);
    if (!this.#active || shown === MASKED || words === undefined) return shown;
    const { name, code } = (shown ?? {}) as { name?: unknown; code?: unknown };
    if (code !== MASKED && !mayRepeat(code, transaction)) return shown;
    return words instanceof Error ? { name, code, message: MASKED } : MASKED;
  }

  #show(value: unknown, path: readonly string[], procedure: string): unknown {
    const isMasked = this.#isMasked;
    // A mask of the whole outcome also covers its parts, so the mask is not asked about each of
    // them.
    if (path.length > 1 && isMasked({ procedure, path: path.slice(0, 1) })) return MASKED;
    return legibleValue(value, path, { isMasked, procedure });
  }
}
