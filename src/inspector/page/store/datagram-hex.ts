/** Datagram hex: the bytes of a frame in lines, each divided into the fields that they belong to. */

/** A field of a frame: a range of bytes, and its meaning. */
export interface Field {
  readonly offset: number;
  /** Hexadecimal digits. */
  readonly bytes: string;
  readonly label: string;
  readonly detail: string;
  /** How many fields contain it. */
  readonly depth: number;
}

/** Bytes of one field on one line. */
interface HexRun {
  /** The index of the field; undefined for bytes that are not explained. */
  readonly field: number | undefined;
  /** Such as `00 ff`. */
  readonly hex: string;
  /** The same bytes as printable characters. */
  readonly text: string;
  /** The place of its first byte on the line. */
  readonly column: number;
}

export interface HexLine {
  readonly offset: number;
  readonly runs: readonly HexRun[];
}

export const BYTES_A_LINE = 16;

/** The bytes in lines. `fields` are in the order of their offsets and do not overlap. */
export function hexLines(bytes: Uint8Array, fields: readonly Field[]): HexLine[] {
  const lines: HexLine[] = [];
  let at = -1;
  for (let offset = 0; offset < bytes.length; offset += BYTES_A_LINE) {
    const end = Math.min(bytes.length, offset + BYTES_A_LINE);
    const runs: HexRun[] = [];
    for (let start = offset; start < end;) {
      while ((fields[at + 1]?.offset ?? Infinity) <= start) at += 1;
      const ownEnd = endOf(fields[at]);
      const isOwn = start < ownEnd;
      const stop = Math.min(end, isOwn ? ownEnd : end, fields[at + 1]?.offset ?? end);
      runs.push(runOf(bytes.subarray(start, stop), isOwn ? at : undefined, start - offset));
      start = stop;
    }
    lines.push({ offset, runs });
  }
  return lines;
}

/** The index after the last field that this one contains. */
export function endOfField(fields: readonly Field[], index: number): number {
  const depth = fields[index]?.depth ?? 0;
  let end = index + 1;
  while ((fields[end]?.depth ?? -1) > depth) end += 1;
  return end;
}

function endOf(field: Field | undefined): number {
  return field === undefined ? 0 : field.offset + field.bytes.length / 2;
}

function runOf(bytes: Uint8Array, field: number | undefined, column: number): HexRun {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const text = Array.from(bytes, (byte) => (isPrintable(byte) ? String.fromCharCode(byte) : '·'));
  return { field, hex, text: text.join(''), column };
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}
