/** Columns: the kinds of columns that the tables of `rpcudp top` have. */
import { printableName } from '../../legible/printable.js';
import type { Owned } from './owned.js';
import { countWords, rateWords } from './quantity.js';
import type { Count } from './snapshot.js';
import type { Cell, Column } from './table.js';

const MIN_NAME_WIDTH = 8;
/** The width of `255.255.255.255:65535`. Only longer addresses, of IPv6, are cut. */
const MIN_ADDRESS_WIDTH = 21;

/** A name, which may be cut. It can come from strangers. */
export function nameColumn<Row>(
  heading: string,
  nameOf: (row: Row) => string | undefined,
): Column<Row> {
  return { heading, cell: (row) => nameCell(nameOf(row)), minWidth: MIN_NAME_WIDTH };
}

/** The address of an endpoint or a peer. */
export function addressColumn<Row>(
  heading: string,
  addressOf: (row: Row) => string | undefined,
): Column<Row> {
  return { ...nameColumn(heading, addressOf), minWidth: MIN_ADDRESS_WIDTH };
}

/** The label of the endpoint that the row belongs to. */
export function ownerColumn<View>(heading: string): Column<Owned<View>> {
  return nameColumn(heading, ({ owner }) => owner.label);
}

/** A number, or a formatted number; a dash if it is undefined. */
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

/** The same column, which is left out if there is no room for it. */
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
