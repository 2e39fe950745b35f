import { MAX_DATAGRAM_BYTES } from './frame.js';
import { OverBudget, Unfaithful } from './unfaithful.js';
import { ValueWriter } from './value-writer.js';

/** Makes the error for a body that takes too many bytes (at least so many). */
export type TooLarge = (bodyBytes: number) => Error;

/**
 * The body of a frame: a value, encoded, as text with a latin1 character for each byte (see `OutboundFrame`).
 *
 * Throws an `UnencodableError` for what would not arrive as it is: value-writer.ts has the rules. Its path
 * starts with `name`; where there are several, the value is an array, and its items have those names.
 * Throws `tooLarge` for what takes more than `maxBodyBytes`.
 */
export function encodeBody(
  value: unknown,
  name: string | readonly string[],
  maxBodyBytes: number,
  tooLarge: TooLarge,
): string {
  const writer = idle ?? new ValueWriter();
  // A getter in the value may want something encoded as well.
  idle = undefined;
  try {
    writer.start();
    writer.write(value, 0);
  } catch (error) {
    if (error instanceof OverBudget) throw tooLarge(MAX_DATAGRAM_BYTES + 1);
    const fault = error instanceof Unfaithful ? error : Unfaithful.ofForeign(error);
    throw fault.toUnencodableError(name);
  } finally {
    idle = writer;
  }
  if (writer.length > maxBodyBytes) throw tooLarge(writer.length);
  return writer.toText();
}

/** The one that is used time after time. */
let idle: ValueWriter | undefined;
