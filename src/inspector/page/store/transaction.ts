/** What the page knows of transactions: calls and handlers, the two sides of one, and the frames that travelled for it. */
import type { RecordOf } from '../../record.js';

/** One end of a transaction: a call, or the handler of a request. */
export interface Side {
  /** Order of arrival at the page, from 0. */
  readonly number: number;
  readonly kind: 'call' | 'handler';
  readonly record: RecordOf<'call'> | RecordOf<'handler'>;
  readonly transaction: Transaction;
  /** Oldest first; bounded by `MAX_STEPS`. */
  readonly steps: RecordOf<'step'>[];
  /** Steps that were left out beyond the bound. */
  stepsDropped: number;
  state: string;
  /** Whether its actor ended. */
  final: boolean;
  /** How often the request was sent; of a handler, which transmission it was that came first. */
  attempts: number;
  /** From the first transmission to the answer; of a handler, how long its procedure took. */
  elapsedMs: number | undefined;
  /** Why it ended as it did, in a few words. */
  note: string;
  lateByMs: number | undefined;
  endedAtMs: number | undefined;
  /** Whether it left the store, its place being needed. */
  gone: boolean;
}

/** A frame as one endpoint sent or received it. */
export interface Frame {
  /** Order of arrival at the page, from 0. */
  readonly number: number;
  readonly datagram: RecordOf<'datagram'>;
  readonly endpoint: string;
  readonly peer: string;
  readonly direction: 'in' | 'out';
  readonly atMs: number;
  /** `request`, `response`, …, or `unreadable`. */
  readonly type: string;
  readonly base64: string;
  readonly fate: string | undefined;
  readonly masked: boolean;
  readonly transaction: Transaction | undefined;
}

/** What has one transaction id, at whichever end. */
export interface Transaction {
  readonly id: string;
  readonly sides: Side[];
  /** In the order in which they arrived at the page; bounded by `MAX_FRAMES`. */
  readonly frames: Frame[];
}

/** The most steps kept of a side: a handler may count any number of repetitions. */
export const MAX_STEPS = 256;

/** The most frames kept of a transaction. */
export const MAX_FRAMES = 128;
