/** Frame types: what a frame, which is a datagram or a part of a bundle, can be. */
import { mapRows, namesOf } from '../vocabulary.js';

/**
 * What the body of a frame is:
 * - `call`: msgpack `[procedure, [args…]]`; `value`: any msgpack value; `error`: msgpack `[code, message, data?]`;
 * - `nil`: msgpack nil; `token`: the same, with a token in the header map behind it;
 * - `frames`: a msgpack array of binaries, each a frame.
 */
export type FrameBody = 'call' | 'value' | 'error' | 'nil' | 'token' | 'frames';

interface FrameTypeRow {
  /** The first byte of such a frame. */
  readonly byte: number;
  readonly body: FrameBody;
  /** Who takes it where it arrives: the inbox of requests, the call with its id, or the socket, which opens it. */
  readonly taker: 'inbox' | 'call' | 'socket';
  /** What it says. */
  readonly words: string;
}

/**
 * Every frame type. All but a bundle have the id of the request that they are about. Python's rpcudp knows the first two;
 * the others go only to peers that are known to understand them.
 */
export const FRAME_TYPES = {
  request: { byte: 0x00, body: 'call', taker: 'inbox', words: 'run this procedure' },
  response: { byte: 0x01, body: 'value', taker: 'call', words: 'its result' },
  error: { byte: 0x02, body: 'error', taker: 'call', words: 'why there is no result' },
  cancel: {
    byte: 0x03,
    body: 'nil',
    taker: 'inbox',
    words: 'the caller takes its request back',
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
    words: 'show that you receive what is sent to you',
  },
} as const satisfies Readonly<Record<string, FrameTypeRow>>;

/** What kind of frame a datagram, or a part of a bundle, is. */
export type FrameType = keyof typeof FRAME_TYPES;

/** The frame types whose row has this value in this column. */
type TypesWith<Column extends keyof FrameTypeRow, Value extends FrameTypeRow[Column]> = {
  [Type in FrameType]: (typeof FRAME_TYPES)[Type][Column] extends Value ? Type : never;
}[FrameType];

/** Frames that are for the call with their id. */
export type AnswerType = TypesWith<'taker', 'call'>;

/** Frames that say all they have to say by their type, and perhaps a token. */
export type SignalType = TypesWith<'body', 'nil' | 'token'>;

/** The type bytes in use. */
export const TYPE_BYTE: Readonly<Record<FrameType, number>> = Object.freeze(
  mapRows(FRAME_TYPES, ({ byte }) => byte),
);

/** The types by their bytes, with a place for each byte there can be. */
const BY_BYTE: readonly (FrameType | undefined)[] = Array.from({ length: 0x100 }, (_, byte) =>
  namesOf(FRAME_TYPES).find((type) => TYPE_BYTE[type] === byte),
);

/** What kind of frame a type byte announces, if any known here. */
export function typeOfByte(typeByte: number | undefined): FrameType | undefined {
  return typeByte === undefined ? undefined : BY_BYTE[typeByte];
}
