/**
 * Timestamp: the timestamp extension of MessagePack (spec.md, "Timestamp extension type"), type −1
 * with 4, 8 or 12 bytes. A JavaScript Date has milliseconds and Python's datetime microseconds, so
 * the part below a millisecond is kept beside the Date.
 */
import { shareAmongCopies } from '../copies/shared-class.js';
import {
  decodeTimestampToTimeSpec,
  encodeTimeSpecToTimestamp,
  EXT_TIMESTAMP,
} from '@msgpack/msgpack';
import { readUint } from './format.js';

export const TIMESTAMP_EXTENSION = EXT_TIMESTAMP;

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1_000_000_000;
/** The range of a Date before and after 1970 (ECMA-262, "Time Values and Time Range"). */
const MAX_DATE_MS = 8.64e15;

/** A time finer than a millisecond: a `Date`, and the nanoseconds that a `Date` cannot hold. */
export class PreciseDate extends Date {
  static {
    shareAmongCopies('PreciseDate', this);
  }

  /** Nanoseconds after the Date's millisecond, 0 to 999 999. */
  readonly subMillisecondNanoseconds: number;

  /** Throws a `RangeError` when `subMillisecondNanoseconds` is not an integer from 0 to 999 999. */
  constructor(epochMs: number, subMillisecondNanoseconds: number) {
    super(epochMs);
    if (
      !Number.isInteger(subMillisecondNanoseconds) ||
      subMillisecondNanoseconds < 0 ||
      subMillisecondNanoseconds >= NS_PER_MS
    ) {
      throw new RangeError(
        `subMillisecondNanoseconds is ${subMillisecondNanoseconds}; it must be an integer from 0 to 999999`,
      );
    }
    this.subMillisecondNanoseconds = subMillisecondNanoseconds;
  }
}

/** The payload of a timestamp, in the shortest form for this time. `date` must be valid. */
export function encodeTimestamp(date: Date): Uint8Array {
  const epochMs = date.getTime();
  const sec = Math.floor(epochMs / MS_PER_SECOND);
  const ms = epochMs - sec * MS_PER_SECOND;
  const finer = date instanceof PreciseDate ? date.subMillisecondNanoseconds : 0;
  return encodeTimeSpecToTimestamp({ sec, nsec: ms * NS_PER_MS + finer });
}

/** The time in a payload that `isTimestamp` accepted. */
export function decodeTimestamp(payload: Uint8Array): Date {
  const { sec, nsec } = decodeTimestampToTimeSpec(payload);
  const epochMs = sec * MS_PER_SECOND + Math.floor(nsec / NS_PER_MS);
  const finer = nsec % NS_PER_MS;
  return finer === 0 ? new Date(epochMs) : new PreciseDate(epochMs, finer);
}

/** Whether `bytes[start, end)` is the payload of a timestamp that a `Date` can hold. */
export function isTimestamp(bytes: Uint8Array, start: number, end: number): boolean {
  switch (end - start) {
    case 4:
      return true;
    case 8:
      // 30 bits of nanoseconds, then 34 bits of seconds: up to the year 2514, always in the range
      // of a Date.
      return Math.floor(readUint(bytes, start, 4) / 4) < NS_PER_SECOND;
    case 12: {
      const nsec = readUint(bytes, start, 4);
      const sec = (readUint(bytes, start + 4, 4) | 0) * 2 ** 32 + readUint(bytes, start + 8, 4);
      const epochMs = sec * MS_PER_SECOND + Math.floor(nsec / NS_PER_MS);
      return nsec < NS_PER_SECOND && epochMs >= -MAX_DATE_MS && epochMs <= MAX_DATE_MS;
    }
    default:
      return false;
  }
}
