/** A recording cannot be written, or read; the message says which and why, in a sentence. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly code = 'ERR_RPCUDP_RECORDING';
}

/** The predecessor of a recording's newest part: see recording-file.ts. */
export function predecessorOf(path: string): string {
  return `${path}.1`;
}

/** The longest line of a recording, in bytes: many times what the largest datagram needs. */
export const MAX_LINE_BYTES = 1024 * 1024;
