/**
 * Why a datagram was dropped. The set is closed: every datagram the codec refuses is counted under
 * exactly one of these.
 *
 * - `tooShort`: under 22 bytes, the least that holds a type, an id and one byte of body.
 * - `tooLong`: a request whose body is over 8192 bytes.
 * - `unknownType`: a type byte this protocol version does not know.
 * - `truncated`: the body declares more than the datagram holds.
 * - `depth`: arrays and maps nested more than 32 deep.
 * - `reserved`: the byte 0xc1, which MessagePack never uses.
 * - `utf8`: a string that is not UTF-8.
 * - `key`: the map key `__proto__`.
 * - `duplicateKey`: a map with two equal keys (key-identity.ts says which are).
 * - `timestamp`: a timestamp of wrong length, with a second's worth of nanoseconds or more, or
 *   beyond what a `Date` holds.
 * - `shape`: a sound value that is not what this type of datagram carries.
 * - `undecodable`: sound by every rule above, and the decoder refused it still. Never seen.
 */
export type DropReason =
  | 'tooShort'
  | 'tooLong'
  | 'unknownType'
  | 'truncated'
  | 'depth'
  | 'reserved'
  | 'utf8'
  | 'key'
  | 'duplicateKey'
  | 'timestamp'
  | 'shape'
  | 'undecodable';

/** What reading a datagram gives when it must be dropped: a value, so that refusing costs nothing. */
export class Drop {
  readonly type = 'drop';
  readonly reason: DropReason;

  /** @internal Use `DROP`, which holds one for each reason. */
  constructor(reason: DropReason) {
    this.reason = reason;
    Object.freeze(this);
  }
}

/** The one `Drop` for each reason. */
export const DROP: Readonly<Record<DropReason, Drop>> = Object.freeze({
  tooShort: new Drop('tooShort'),
  tooLong: new Drop('tooLong'),
  unknownType: new Drop('unknownType'),
  truncated: new Drop('truncated'),
  depth: new Drop('depth'),
  reserved: new Drop('reserved'),
  utf8: new Drop('utf8'),
  key: new Drop('key'),
  duplicateKey: new Drop('duplicateKey'),
  timestamp: new Drop('timestamp'),
  shape: new Drop('shape'),
  undecodable: new Drop('undecodable'),
});

/** Whether reading ended in a `Drop`. No decoded value is ever one. */
export function isDrop(value: unknown): value is Drop {
  return value instanceof Drop;
}
