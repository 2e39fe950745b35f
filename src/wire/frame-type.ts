/** Frame types: the kinds of frames. A frame is a datagram or a part of a bundle. */
import { mapRows, namesOf } from '../vocabulary.js';

/**
 * The body of a frame:
 * - `call`: msgpack `[procedure, [args…]]`
 * - `value`: any msgpack value
 * - `error`: msgpack `[code, message, data?]`
 * - `nil`: msgpack nil
 * - `token`: msgpack nil, with a token in the header map after it
 * - `padding`: msgpack nil, or a binary that makes it longer, with a header map after it
 * - `frames`: a msgpack array of binaries, each of which is a frame
 */
export type FrameBody = 'call' | 'value' | 'error' | 'nil' | 'token' | 'padding' | 'frames';

interface FrameTypeRow {
  /** The first byte of such a frame. */
  readonly byte: number;
  readonly body: FrameBody;
  /**
   * What takes such a frame: the inbox, the call with its id, what answers probes, or the socket,
   * which unpacks it.
   */
  readonly taker: 'inbox' | 'call' | 'probes' | 'socket';
  readonly words: string;
}

/**
 * Every frame type. All types except a bundle have the id of their request. Python's rpcudp knows
 * the first two. A probe may go to anybody, because Python ignores it. The others are sent only to
 * peers that are known to understand them.
 */
export const FRAME_TYPES = {
  request: { byte: 0x00, body: 'call', taker: 'inbox', words: 'run this procedure' },
  response: { byte: 0x01, body: 'value', taker: 'call', words: 'its result' },
  error: { byte: 0x02, body: 'error', taker: 'call', words: 'why there is no result' },
  cancel: {
    byte: 0x03,
    body: 'nil',
    taker: 'inbox',
    words: 'the caller cancels its request',
  },
  bundle: {
    byte: 0x04,
    body: 'frames',
    taker: 'socket',
    words: 'several of the others in one datagram',
  },
  working: {
    byte: 0x05,
    body: 'nil',
    taker: 'call',
    words: 'the procedure still runs: stop repeating',
  },
  challenge: {
    byte: 0x06,
    body: 'token',
    taker: 'call',
    words: 'prove that you receive at your address',
  },
  probe: {
    byte: 0x0a,
    body: 'padding',
    taker: 'probes',
    words: 'is an rpcudp endpoint there? runs nothing',
  },
  present: {
    byte: 0x0b,
    body: 'padding',
    taker: 'call',
    words: 'the answer to a probe: it is',
  },
} as const satisfies Readonly<Record<string, FrameTypeRow>>;

export type FrameType = keyof typeof FRAME_TYPES;

/** The frame types whose row has this value in this column. */
type TypesWith<Column extends keyof FrameTypeRow, Value extends FrameTypeRow[Column]> = {
  [Type in FrameType]: (typeof FRAME_TYPES)[Type][Column] extends Value ? Type : never;
}[FrameType];

/** The types of frames that belong to the call with their id. */
export type AnswerType = TypesWith<'taker', 'call'>;

/** The types of frames without data in their body. */
export type SignalType = TypesWith<'body', 'nil' | 'token' | 'padding'>;

export const TYPE_BYTE: Readonly<Record<FrameType, number>> = Object.freeze(
  mapRows(FRAME_TYPES, ({ byte }) => byte),
);

/** The frame type of each possible byte, if it has one. */
const BY_BYTE: readonly (FrameType | undefined)[] = Array.from({ length: 0x100 }, (_, byte) =>
  namesOf(FRAME_TYPES).find((type) => TYPE_BYTE[type] === byte),
);

/**
 * Whether a frame of this type may be part of a bundle. Bundles could nest without limit. Probes
 * are answered one by one, so a bundle of them would cause many datagrams.
 */
export function mayBeBundled(type: FrameType): boolean {
  return type !== 'bundle' && type !== 'probe';
}

/** The frame type of a type byte, if it is known. */
export function typeOfByte(typeByte: number | undefined): FrameType | undefined {
  return typeByte === undefined ? undefined : BY_BYTE[typeByte];
}
