/** Table: lays out columns of text. Columns are cut or left out if there is no room for them. */
import stringWidth from 'string-width';
import { inColumns, toned } from './text.js';
import type { Tone } from './text.js';

const GAP = '  ';

/** The text in one row of a column. */
export type Cell = string | readonly [text: string, tone: Tone];

export interface Column<Row> {
  readonly heading: string;
  cell(row: Row): Cell;
  /** Whether the text is right-aligned, as numbers are. Default: false. */
  readonly right?: boolean;
  /** The column may be cut to this width. Default: it is never cut, but may be left out. */
  readonly minWidth?: number;
  /** Whether the column is left out before any other column is cut. Default: false. */
  readonly optional?: boolean;
}

export interface Table {
  readonly heading: string;
  readonly rows: readonly string[];
  /** Headings of the columns that are left out because there is no room. */
  readonly leftOut: readonly string[];
}

/** A column with its texts, its heading first, and their width. */
interface Laid extends Omit<Column<never>, 'cell'> {
  readonly cells: readonly string[];
  readonly width: number;
}

/**
 * Lays out the rows in at most `width` columns of the terminal. If the table is too wide, the
 * optional columns are left out, the last first. Then the last columns are left out until the rest
 * fits when it is cut. The last of these are cut first.
 */
export function layOut<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): Table {
  const laid = columns.map((column): Laid => {
    const texts = [[column.heading, 'strong'] as const, ...rows.map((row) => column.cell(row))];
    const cells = texts.map((cell) => (typeof cell === 'string' ? toned(cell) : toned(...cell)));
    const widest = cells.reduce((width, text) => Math.max(width, stringWidth(text)), 0);
    return { ...column, cells, width: widest };
  });
  const shown = fitted(laid, width);
  const headings = new Set(shown.map(({ heading }) => heading));
  return {
    heading: lineOf(shown, 0),
    rows: rows.map((_, row) => lineOf(shown, row + 1)),
    leftOut: columns.map(({ heading }) => heading).filter((heading) => !headings.has(heading)),
  };
}

/** The columns that there is room for, with the widths that they get. */
function fitted(laid: readonly Laid[], width: number): Laid[] {
  const shown = [...laid];
  const least = (one: Laid): number =>
    // The only column that is left is cut to any width.
    shown.length === 1 ? 0 : Math.min(one.width, one.minWidth ?? Infinity);
  const excess = (widthOf: (one: Laid) => number): number =>
    shown.reduce((sum, one) => sum + widthOf(one), GAP.length * (shown.length - 1)) - width;

  while (excess(naturalWidth) > 0 && shown.some(isOptional)) {
    shown.splice(shown.findLastIndex(isOptional), 1);
  }
  while (shown.length > 1 && excess(least) > 0) shown.pop();
  let tooMuch = Math.max(0, excess(naturalWidth));
  return shown
    .toReversed()
    .map((one) => {
      const cut = Math.min(tooMuch, one.width - least(one));
      tooMuch -= cut;
      return { ...one, width: one.width - cut };
    })
    .reverse();
}

function naturalWidth({ width }: Laid): number {
  return width;
}

function isOptional({ optional }: Laid): boolean {
  return optional === true;
}

function lineOf(shown: readonly Laid[], index: number): string {
  return shown
    .map(({ cells, width, right }) => inColumns(cells[index] ?? '', width, right))
    .join(GAP)
    .trimEnd();
}
