/** A section of the screen: a heading and what stands below it, as much as there is room for. */
import { piece } from './line.js';
import type { Line } from './line.js';

export interface Section {
  readonly name: string;
  readonly heading: Line;
  /** Each shown whole or not at all. Of very many there may be only as many as there can be room for. */
  readonly items: readonly (readonly Line[])[];
  /** How many items there are in all. */
  readonly total: number;
  /** What several items are called. */
  readonly itemName: string;
  /** Headings of columns that there was no room for. */
  readonly leftOut: readonly string[];
}

/** How many lines the whole of it takes; none if there is nothing to show. */
function wholeHeight({ items }: Section): number {
  return items.length === 0 ? 0 : items.reduce((sum, lines) => sum + lines.length, 1);
}

/** At most `height` lines of it; where items are left out, the last line says how many. */
export function sectionLines(section: Section, height: number): Line[] {
  const { heading, items, total, itemName } = section;
  if (height < 1 || items.length === 0) return [];
  if (wholeHeight(section) <= height) return [heading, ...items.flat()];
  const lines: Line[] = [heading];
  let shown = 0;
  for (const item of items) {
    if (lines.length + item.length > height - 1) break;
    lines.push(...item);
    shown += 1;
  }
  const more = `… ${total - shown} ${shown > 0 ? 'more ' : ''}of ${total} ${itemName}`;
  if (lines.length < height) lines.push([piece(more, 'faint')]);
  return lines;
}

/**
 * How many of `height` lines each section gets: first what it needs to show anything, in their order, then turn by
 * turn a line for each that wants more.
 */
export function shareLines(sections: readonly Section[], height: number): number[] {
  const wanted = sections.map(wholeHeight);
  let left = height;
  const shares = sections.map((section, index) => {
    const needed = Math.min(wanted[index] ?? 0, leastHeight(section));
    if (needed > left) return 0;
    left -= needed;
    return needed;
  });
  const wantsMore = (index: number): boolean =>
    (shares[index] ?? 0) > 0 && (shares[index] ?? 0) < (wanted[index] ?? 0);
  for (let gave = true; gave && left > 0;) {
    gave = false;
    for (let index = 0; index < shares.length && left > 0; index += 1) {
      if (!wantsMore(index)) continue;
      shares[index] = (shares[index] ?? 0) + 1;
      left -= 1;
      gave = true;
    }
  }
  return shares;
}

/** The heading, the first item, and what says that there are more. */
function leastHeight({ items }: Section): number {
  return 1 + (items[0]?.length ?? 0) + (items.length > 1 ? 1 : 0);
}
