/**
 * Transaction: what the page knows of a transaction: its two sides, a call and a handler, and its
 * frames.
 */
import type { RecordOf } from '../../record.js';

/** One end of a transaction: a call or a notification, or the handler of a request. */
export interface Side {
  /** The order of arrival at the page, from 0. */
  readonly number: number;
  readonly kind: 'call' | 'notification' | 'handler';
  readonly record: RecordOf<'call'> | RecordOf<'notification'> | RecordOf<'handler'>;
  readonly transaction: Transaction;
  /** The display name of its endpoint. */
  readonly endpointName: string;
  /** Oldest first. Bounded by `MAX_STEPS`. */
  readonly steps: RecordOf<'step'>[];
  /** How many steps beyond that bound were left out. */
  stepsDropped: number;
  state: string;
  /** Whether its actor has ended. */
  final: boolean;
  /**
   * For a call: how many times the request was sent. For a handler: the number of the transmission
   * that came first.
   */
  attempts: number;
  /**
   * For a call: from the first transmission to the answer, which is one round trip if it was sent
   * once. For a handler: how long its procedure ran.
   */
  elapsedMs: number | undefined;
  /** Why it ended like this, in a few words. */
  note: string;
  lateByMs: number | undefined;
  endedAtMs: number | undefined;
  /** Whether it was removed from the store to make room. */
  gone: boolean;
}

/** A frame as one endpoint sent or received it. */
export interface Frame {
  /** The order of arrival at the page, from 0. */
  readonly number: number;
  /** Its index among the frames of its transaction; undefined if it is not kept there. */
  readonly place: number | undefined;
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

/** Everything with one transaction id, from both ends. */
export interface Transaction {
  readonly id: string;
  readonly sides: Side[];
  /** In the order in which they came to the page. Bounded by `MAX_FRAMES`. */
  readonly frames: Frame[];
  /** Whether it was removed from the store. */
  gone: boolean;
}

/** A side of which only the beginning is known. */
export function newSide(
  number: number,
  known: Pick<Side, 'record' | 'endpointName' | 'transaction' | 'state'>,
): Side {
  const { record } = known;
  return {
    ...known,
    number,
    kind: record.type,
    steps: [],
    stepsDropped: 0,
    final: false,
    attempts: record.type === 'handler' ? record.attempt : 0,
    elapsedMs: undefined,
    note: '',
    lateByMs: undefined,
    endedAtMs: undefined,
    gone: false,
  };
}

/** The most steps kept of a side. A handler can count any number of repetitions. */
export const MAX_STEPS = 256;

/** The most frames kept of a transaction. */
export const MAX_FRAMES = 128;
