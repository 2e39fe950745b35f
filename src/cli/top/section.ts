/** Section: a part of the screen, with a heading and items below it. */
import { toned } from './text.js';

export interface Section {
  readonly name: string;
  readonly heading: string;
  /** At least one. The lines of an item stay together. Items that never fit may be missing. */
  readonly items: readonly (readonly string[])[];
  /** How many items there are, with those that are missing. */
  readonly total: number;
  /** The word for the items, in the plural. */
  readonly itemName: string;
  /** Headings of the columns that are left out because there is no room. */
  readonly leftOut: readonly string[];
}

function wholeHeight({ items }: Section): number {
  return 1 + items.flat().length;
}

/** The heading, the first item, and the line about more items, if there are more. */
function leastHeight({ items: [first = [], ...more] }: Section): number {
  return 1 + first.length + Math.min(1, more.length);
}

/** At most `height` lines of the section. If items are left out, the last line says how many. */
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
 * How many of `height` lines each section gets. First each section, in order, gets the fewest lines
 * that it can be shown with. The other lines are given one by one, in turn, to the sections that
 * need more.
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
