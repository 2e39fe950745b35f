/** Drop reasons: why bytes are not accepted as a frame. */
import { namesOf } from '../vocabulary.js';

interface DropReasonRow {
  readonly rule: string;
  readonly words: string;
}

/** Every reason to drop. A test compares the bounds in the texts with frame.ts and skim.ts. */
export const DROP_REASONS = {
  tooShort: {
    rule: 'a datagram has at least 22 bytes: a type, an id and a body',
    words: 'too short to be a frame',
  },
  tooLong: {
    rule: 'the body of a request has at most 8192 bytes',
    words: 'longer than a request may be',
  },
  /** A type byte that this protocol version does not know. */
  unknownType: {
    rule: 'no type of datagram known here',
    words: 'of a type that is not known',
  },
  truncated: {
    rule: 'more is declared than the datagram holds',
    words: 'declares more than it holds',
  },
  depth: { rule: 'arrays and maps nest at most 32 deep', words: 'nested too deep' },
  reserved: { rule: 'msgpack never uses this byte', words: 'a byte that msgpack never uses' },
  utf8: { rule: 'the string is not UTF-8', words: 'text that is not UTF-8' },
  key: { rule: 'no map may have the key __proto__', words: 'a map with the key __proto__' },
  /** A map with two equal keys (key-identity.ts defines them). */
  duplicateKey: { rule: 'a map has the same key twice', words: 'a map with the same key twice' },
  /**
   * A timestamp with a wrong length, with a second or more in its nanoseconds, or outside the range
   * of a `Date`.
   */
  timestamp: {
    rule: 'no timestamp that a Date can hold',
    words: 'a time that no Date can hold',
  },
  shape: { rule: 'not what this type of datagram carries', words: 'not what its type carries' },
  /** It follows every rule above, but the decoder refused it. Never seen. */
  undecodable: { rule: 'the decoder refused it', words: 'the decoder refused it' },
} as const satisfies Readonly<Record<string, DropReasonRow>>;

/** Why a datagram was dropped. Each one is counted under exactly one reason. */
export type DropReason = keyof typeof DROP_REASONS;

export const DROP_REASON_NAMES = namesOf(DROP_REASONS);
