/** `rpcudp decode`: explains the bytes of a datagram. */
import { explainDatagram } from '../wire/explain.js';
import type { ExplainedPart } from '../wire/explain.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { parseHex } from '../legible/hex.js';
import type { World } from './world.js';

const BYTES_PER_ROW = 8;
/** `00 01 02 03 04 05 06 07` */
const BYTES_WIDTH = BYTES_PER_ROW * 3 - 1;
const DIGITS_PER_ROW = new RegExp(`[0-9a-f]{1,${BYTES_PER_ROW * 2}}`, 'g');

/**
 * Prints the explanation of a datagram that is given in hexadecimal. If a peer would drop the
 * datagram, the explanation says so; that is not a failure of the command.
 *
 * @throws ArgumentError when it is not hexadecimal.
 */
export function decode(world: World, words: readonly string[]): ExitCode {
  for (const row of explanationRows(parseHex(words.join(' ')))) world.stdout.print(row);
  return EXIT_CODE.success;
}

/** Four columns: offset, bytes, label and meaning. Each row has up to 8 bytes. */
function explanationRows(datagram: Uint8Array): string[] {
  const parts = explainDatagram(datagram);
  const offsetWidth = String(datagram.length).length;
  const labelWidth = Math.max(...parts.map((part) => labelOf(part).length));
  return parts.flatMap((part) =>
    rowsOf(part.bytes).map((bytes, row) => {
      const offset = String(part.offset + row * BYTES_PER_ROW).padStart(offsetWidth);
      const meaning = row === 0 ? `${labelOf(part).padEnd(labelWidth)}  ${part.detail}` : '';
      return `${offset}  ${bytes.padEnd(BYTES_WIDTH)}  ${meaning}`.trimEnd();
    }),
  );
}

/** The items of an array or map are indented below it. */
function labelOf({ depth, label }: ExplainedPart): string {
  return '  '.repeat(depth) + label;
}

/** Gives at least one row, because a fault at the end of the datagram has no bytes. */
function rowsOf(digits: string): string[] {
  return (digits.match(DIGITS_PER_ROW) ?? ['']).map((row) => row.replace(/..(?=.)/g, '$& '));
}
