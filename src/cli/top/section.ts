/** A section of the screen: a heading and what stands below it, as much as there is room for. */
import { toned } from './text.js';

export interface Section {
  readonly name: string;
  readonly heading: string;
  /** One or more, each of lines that stand together. Of very many as many as may find room. */
  readonly items: readonly (readonly string[])[];
  /** How many items there are in all. */
  readonly total: number;
  /** What several items are called. */
  readonly itemName: string;
  /** Headings of columns that there was no room for. */
  readonly leftOut: readonly string[];
}

function wholeHeight({ items }: Section): number {
  return 1 + items.flat().length;
}

/** The heading, the first item, and what says that there are more. */
function leastHeight({ items: [first = [], ...more] }: Section): number {
  return 1 + first.length + Math.min(1, more.length);
}

/** At most `height` lines of it; where items are left out, the last line says how many. */
export function sectionLines(section: Section, height: number): string[] {
  const { heading, items, total, itemName } = section;
  if (wholeHeight(section) <= height) return [heading, ...items.flat()];
  if (height < 1) return [];
  const lines = [heading];
  let shown = 0;
  for (const item of items) {
    if (lines.length + item.length > height - 1) break;
    lines.push(...item);
    shown += 1;
  }
  const more = `… ${total - shown} ${shown > 0 ? 'more ' : ''}of ${total} ${itemName}`;
  if (lines.length < height) lines.push(toned(more, 'faint'));
  return lines;
}

/**
 * How many of `height` lines each section gets: first what it needs to show anything, in their
 * order, then turn by turn a line for each that wants more.
 */
export function shareLines(sections: readonly Section[], height: number): number[] {
  let left = height;
  const shares = sections.map((section) => {
    const least = leastHeight(section);
    const given = least > left ? 0 : least;
    left -= given;
    return { given, wanted: wholeHeight(section) };
  });
  for (;;) {
    const wanting = shares.filter(({ given, wanted }) => given > 0 && given < wanted);
    if (wanting.length === 0 || left === 0) return shares.map(({ given }) => given);
    for (const share of wanting.slice(0, left)) {
      share.given += 1;
      left -= 1;
    }
  }
}
