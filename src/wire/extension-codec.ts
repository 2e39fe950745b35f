import { ExtData, type ExtensionCodecType } from '@msgpack/msgpack';
import { decodeTimestamp, TIMESTAMP_EXTENSION } from './timestamp.js';

/**
 * The extension codec for the encoder and the decoder of @msgpack/msgpack. The library's default
 * codec is not used: it is shared by the whole process, so an application may add its own classes
 * to it, and its timestamps lose everything that is finer than a millisecond.
 */
export const EXTENSION_CODEC: ExtensionCodecType<undefined> = Object.freeze({
  /** Called for every value that is not a primitive. */
  tryToEncode(value: unknown): ExtData | null {
    return value instanceof ExtData ? value : null;
  },

  /** `data` is a view of the decoded bytes. `skim` has already checked timestamps. */
  decode(data: Uint8Array, type: number): Date | ExtData {
    if (type === TIMESTAMP_EXTENSION) return decodeTimestamp(data);
    return new ExtData(type, new Uint8Array(data));
  },
});
