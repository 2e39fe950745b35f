/** A table: columns of text that give way when there is no room for them. */
import stringWidth from 'string-width';
import { inColumns, toned } from './text.js';
import type { Tone } from './text.js';

const GAP = '  ';

/** What stands in one place of a table. */
export type Cell = string | readonly [text: string, tone: Tone];

export interface Column<Row> {
  readonly heading: string;
  cell(row: Row): Cell;
  /** Numbers stand at the right. Default: at the left. */
  readonly right?: boolean;
  /** It may be cut down to this many columns of the terminal. Default: it is shown whole, or not at all. */
  readonly minWidth?: number;
  /** It is left out before another is cut. Default: it is not. */
  readonly optional?: boolean;
}

export interface Table {
  readonly heading: string;
  readonly rows: readonly string[];
  /** Headings of the columns that there was no room for. */
  readonly leftOut: readonly string[];
}

/** A column with what stands in it, its heading first, and how wide that is. */
interface Laid extends Omit<Column<never>, 'cell'> {
  readonly cells: readonly string[];
  readonly width: number;
}

/**
 * Lays out the rows in at most `width` columns of the terminal. Where that does not do, what is
 * optional is left out, then what may be cut is, the last first, and then the last are left out.
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

/** Those that there is room for, and as wide as there is. */
function fitted(laid: readonly Laid[], width: number): Laid[] {
  const shown = [...laid];
  const least = (one: Laid): number =>
    // Of the last one that is left, what there is room for.
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
