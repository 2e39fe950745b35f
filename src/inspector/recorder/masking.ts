/** Masking: shows the values of calls and requests, without the masked parts. */
import type { Outcome, Rejected, Resolved } from '../../api/outcome.js';
import { legiblePart } from '../../legible/legible-value.js';
import { maskTest } from '../../legible/mask.js';
import type { Mask, MaskTest } from '../../legible/mask.js';
import { OPEN } from '../../legible/transaction.js';
import type { Transaction } from '../../legible/transaction.js';
import { isDrop } from '../../wire/drop.js';
import { readFrame } from '../../wire/frame.js';
import type { CallHeaders } from '../../wire/headers.js';
import type { Frame } from '../../wire/frame.js';
import { maskedBytes, shownBytes } from './masked-frame.js';
import type { ShownBytes } from './masked-frame.js';
import { keptName } from './procedure-name.js';

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
      procedure: keptName(procedure),
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

  args(args: readonly unknown[], procedure: string, transaction: Transaction): unknown[] {
    const shown = this.#show(args, ['args'], procedure, transaction);
    // The record needs an array, even when all arguments are masked.
    return Array.isArray(shown) ? shown : [shown];
  }

  value(value: unknown, procedure: string, transaction: Transaction): unknown {
    return this.#show(value, ['outcome', 'value'], procedure, transaction);
  }

  error(error: unknown, procedure: string, transaction: Transaction): unknown {
    return this.#show(error, ['outcome', 'error'], procedure, transaction);
  }

  /** The headers of a request. */
  headers(
    headers: CallHeaders | undefined,
    procedure: string,
    transaction: Transaction,
  ): Record<string, unknown> | undefined {
    return this.#showHeaders(headers, ['headers'], procedure, transaction);
  }

  /** The headers of a reply. */
  replyHeaders(
    headers: CallHeaders | undefined,
    procedure: string,
    transaction: Transaction,
  ): Record<string, unknown> | undefined {
    return this.#showHeaders(headers, ['outcome', 'headers'], procedure, transaction);
  }

  /** An outcome: its measurements, and the parts of its values that may be seen. */
  outcome(outcome: Outcome, procedure: string, transaction: Transaction): Record<string, unknown> {
    switch (outcome.state) {
      case 'resolved':
        return {
          ...outcome,
          value: this.value(outcome.value, procedure, transaction),
          ...this.#outcomeHeaders(outcome, procedure, transaction),
        };
      case 'rejected':
        return {
          ...outcome,
          error: this.error(outcome.error, procedure, transaction),
          ...this.#outcomeHeaders(outcome, procedure, transaction),
        };
      case 'unsent':
        return { ...outcome, error: this.error(outcome.error, procedure, transaction) };
      case 'cancelled': {
        const path = ['outcome', 'reason'];
        return { ...outcome, reason: this.#show(outcome.reason, path, procedure, transaction) };
      }
      case 'timedOut':
        return { ...outcome };
    }
  }

  #outcomeHeaders(
    { headers }: Resolved | Rejected,
    procedure: string,
    transaction: Transaction,
  ): Record<string, unknown> {
    if (headers === undefined) return {};
    return { headers: this.replyHeaders(headers, procedure, transaction) };
  }

  /** One by one, because the record needs an object, even when all headers are masked. */
  #showHeaders(
    headers: CallHeaders | undefined,
    path: readonly string[],
    procedure: string,
    transaction: Transaction,
  ): Record<string, unknown> | undefined {
    if (headers === undefined) return undefined;
    const shown = Object.entries(headers).map(
      ([name, value]) =>
        [name, this.#show(value, [...path, name], procedure, transaction)] as const,
    );
    return Object.fromEntries(shown);
  }

  #show(
    value: unknown,
    path: readonly string[],
    procedure: string,
    transaction: Transaction,
  ): unknown {
    return legiblePart(value, path, {
      isMasked: this.#isMasked,
      procedure,
      transaction,
      typed: true,
    });
  }
}
