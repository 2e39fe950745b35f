/** Kinds of columns that the tables of `rpcudp top` have. */
import { printableName } from '../../legible/printable.js';
import type { Owned } from './owned.js';
import { countWords, rateWords } from './quantity.js';
import type { Count } from './snapshot.js';
import type { Cell, Column } from './table.js';

const MIN_NAME_WIDTH = 8;
/** `255.255.255.255:65535`: only the longer ones of IPv6 are cut. */
const MIN_ADDRESS_WIDTH = 21;

/** A name, by whomever; it may be cut. */
export function nameColumn<Row>(
  heading: string,
  nameOf: (row: Row) => string | undefined,
): Column<Row> {
  return { heading, cell: (row) => nameCell(nameOf(row)), minWidth: MIN_NAME_WIDTH };
}

/** The address of an endpoint, or of a peer. */
export function addressColumn<Row>(
  heading: string,
  addressOf: (row: Row) => string | undefined,
): Column<Row> {
  return { ...nameColumn(heading, addressOf), minWidth: MIN_ADDRESS_WIDTH };
}

/** The endpoint that something is of. */
export function ownerColumn<View>(heading: string): Column<Owned<View>> {
  return nameColumn(heading, ({ owner }) => owner.label);
}

/** A number, or a text that is one; a dash where there is none. */
export function numberColumn<Row>(
  heading: string,
  numberOf: (row: Row) => number | string | undefined,
): Column<Row> {
  return {
    heading,
    right: true,
    cell: (row) => {
      const number = numberOf(row) ?? '-';
      return typeof number === 'string' ? number : countWords(number);
    },
  };
}

/** The column, for those who have room for it. */
export function optional<Row>(column: Column<Row>): Column<Row> {
  return { ...column, optional: true };
}

/** A count and its rate. */
export function countColumn<Row>(heading: string, countOf: (row: Row) => Count): Column<Row> {
  return { heading, right: true, cell: (row) => countCell(countOf(row)) };
}

function countCell({ count, perSecond }: Count): Cell {
  return count === 0 ? ['0', 'faint'] : `${countWords(count)} ${rateWords(perSecond).padStart(6)}`;
}

function nameCell(name: string | undefined): Cell {
  return name === undefined ? '?' : printableName(name);
}
