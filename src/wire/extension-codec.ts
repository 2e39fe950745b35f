import { ExtData, type ExtensionCodecType } from '@msgpack/msgpack';
import { decodeTimestamp, TIMESTAMP_EXTENSION } from './timestamp.js';

/**
 * Extensions, for the encoder and the decoder of @msgpack/msgpack. Its own codec is one for the whole
 * process, in which an application may register classes of its own, and its timestamps lose what is finer than a
 * millisecond.
 */
export const EXTENSION_CODEC: ExtensionCodecType<undefined> = Object.freeze({
  /** Asked of all that is no primitive. */
  tryToEncode(value: unknown): ExtData | null {
    return value instanceof ExtData ? value : null;
  },

  /** `data` is a view of what is decoded. The guard found timestamps sound. */
  decode(data: Uint8Array, type: number): Date | ExtData {
    if (type === TIMESTAMP_EXTENSION) return decodeTimestamp(data);
    return new ExtData(type, new Uint8Array(data));
  },
});
