/** A table: columns of text that give way when there is no room for them. */
import { piece } from './line.js';
import type { Line, Piece } from './line.js';
import { cutText, textWidth } from './text-width.js';

const GAP = '  ';

export interface Column<Row> {
  readonly heading: string;
  cell(row: Row): Piece;
  /** Numbers stand at the right. Default: at the left. */
  readonly right?: boolean;
  /** It may be cut down to this many columns of the terminal. Default: it is shown whole, or not at all. */
  readonly minWidth?: number;
  /** It is left out before another is cut. Default: it is not. */
  readonly optional?: boolean;
}

export interface Table {
  readonly heading: Line;
  readonly rows: readonly Line[];
  /** Headings of the columns that there was no room for. */
  readonly leftOut: readonly string[];
}

/**
 * Lays out the rows in at most `width` columns of the terminal. Where that does not do, what is optional is left out, then
 * what may be cut is, the last first, and then the last are left out.
 */
export function layOut<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): Table {
  const all = columns.map((column): Laid<Row> => {
    const cells = rows.map((row) => column.cell(row));
    const natural = Math.max(
      textWidth(column.heading),
      ...cells.map(({ text }) => textWidth(text)),
    );
    return { column, cells, width: natural };
  });
  const laid = fit(all, width);
  return {
    heading: lineOf(laid, ({ column }) => piece(column.heading, 'strong')),
    rows: rows.map((_, row) => lineOf(laid, ({ cells }) => cells[row] ?? piece(''))),
    leftOut: columns
      .filter((column) => !laid.some((one) => one.column === column))
      .map(({ heading }) => heading),
  };
}

interface Laid<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly Piece[];
  readonly width: number;
}

function fit<Row>(all: readonly Laid<Row>[], width: number): Laid<Row>[] {
  const shown = [...all];
  while (excessOf(shown, width) > 0) {
    const optional = shown.findLastIndex(({ column }) => column.optional === true);
    if (optional === -1) break;
    shown.splice(optional, 1);
  }
  while (shown.length > 1 && excessOf(cut(shown, width), width) > 0) shown.pop();
  const [first] = shown;
  // Of the last one that is left, what there is room for.
  return first !== undefined && shown.length === 1
    ? [{ ...first, width: Math.min(first.width, width) }]
    : cut(shown, width);
}

function excessOf(shown: readonly Laid<unknown>[], width: number): number {
  const gaps = GAP.length * (shown.length - 1);
  return shown.reduce((sum, one) => sum + one.width, gaps) - width;
}

function cut<Row>(shown: readonly Laid<Row>[], width: number): Laid<Row>[] {
  let excess = excessOf(shown, width);
  return shown
    .toReversed()
    .map((one) => {
      const { minWidth = Infinity } = one.column;
      const given = Math.max(0, Math.min(excess, one.width - minWidth));
      excess -= given;
      return { ...one, width: one.width - given };
    })
    .reverse();
}

function lineOf<Row>(shown: readonly Laid<Row>[], cellOf: (one: Laid<Row>) => Piece): Line {
  return shown.flatMap((one, index): Piece[] => {
    const { text, tone } = cellOf(one);
    const shownText = cutText(text, one.width);
    const space = ' '.repeat(one.width - textWidth(shownText));
    const padded = one.column.right === true ? space + shownText : shownText + space;
    const cell = { text: padded, tone };
    return index === 0 ? [cell] : [piece(GAP), cell];
  });
}
