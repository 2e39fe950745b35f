/** Recording error, and what the writer and the reader of recordings share. */
import { shareAmongCopies } from '../../copies/shared-class.js';

/** A recording cannot be written or read. The message says which one and why. */
export class RecordingError extends Error {
  static {
    shareAmongCopies('RecordingError', this);
  }

  override readonly name = 'RecordingError';
  readonly code = 'ERR_RPCUDP_RECORDING';
}

/** The path of the older part of a recording: see file.ts. */
export function predecessorOf(path: string): string {
  return `${path}.1`;
}

/** The longest line of a recording, in bytes. It is many times what the largest datagram needs. */
export const MAX_LINE_BYTES = 1024 * 1024;
