/** The screen of `rpcudp top`: a snapshot as lines, as many and as wide as there is room for. */
import stringWidth from 'string-width';
import type { Size } from '../terminal.js';
import { sectionLines, shareLines } from './section.js';
import type { Section } from './section.js';
import { sectionsOf } from './sections.js';
import type { Snapshot } from './snapshot.js';
import { cut, toned } from './text.js';

/** What stands at the top: where the counts are from, and how that goes. */
export interface Title {
  readonly source: string;
  /** In words; undefined when all is well. */
  readonly fault: string | undefined;
  /** Where endpoints can be told of. */
  readonly feedUrl?: string | undefined;
}

const NOTHING_YET = 'No endpoint has told anything yet.';
const KEYS = 'q quits';
/** With the lines around them. */
const MAX_REPORTED_TROUBLES = 22;

/** At most `height` lines of at most `width` columns. What there is no room for is named. */
export function screenLines(snapshot: Snapshot, title: Title, { width, height }: Size): string[] {
  const sections = sectionsOf(snapshot, width, height);
  const notes = notesOf(snapshot, sections);
  // A line is for the title, and one for what is left out; that something is may show only below.
  const head = [titleLine(snapshot, title, width), ...feedLine(title)];
  const room = height - head.length - 1;
  const shares = shareLines(sections, room);
  const spare = room - shares.reduce((sum, share) => sum + share, 0);
  const hidden = sections.filter((_, index) => shares[index] === 0).map(({ name }) => name);
  const body = sections.flatMap((section, index) =>
    spaced(sectionLines(section, shares[index] ?? 0), spare >= sections.length),
  );
  return [
    ...head,
    ...(snapshot.endpoints.length === 0 ? [NOTHING_YET] : body),
    ...noteLine([...hidden, ...notes]),
  ]
    .slice(0, Math.max(0, height))
    .map((line) => cut(line, width));
}

/** All there is, for a file or a pipe. */
export function reportLines(snapshot: Snapshot): string[] {
  if (snapshot.endpoints.length === 0) return [NOTHING_YET];
  const sections = sectionsOf(snapshot, Infinity, Infinity);
  const lines = sections.flatMap((section, index) => {
    const height = section.name === 'troubles' ? MAX_REPORTED_TROUBLES : Infinity;
    return spaced(sectionLines(section, height), index > 0);
  });
  return [...lines, ...noteLine(notesOf(snapshot, sections))];
}

function titleLine({ endpoints }: Snapshot, { source, fault }: Title, width: number): string {
  const open = endpoints.filter(({ state }) => state === 'open').length;
  const state =
    fault === undefined ? `${open} open of ${endpoints.length}` : toned(`✕ ${fault}`, 'bad');
  const line = `${toned('rpcudp top', 'strong')}  ${toned(source)}  ${state}`;
  const space = width - stringWidth(line) - KEYS.length;
  return space < 1 ? line : line + ' '.repeat(space) + toned(KEYS, 'faint');
}

function feedLine({ feedUrl }: Title): string[] {
  return feedUrl === undefined ? [] : [toned(`feed ${feedUrl}`)];
}

/** With a blank line before them, if there is room. */
function spaced(lines: string[], isRoomy: boolean): string[] {
  return isRoomy && lines.length > 0 ? ['', ...lines] : lines;
}

function noteLine(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : [toned(`Left out: ${notes.join(', ')}`, 'faint')];
}

/** What is not shown, whatever the height. */
function notesOf(
  { leftOut: { endpoints, peers } }: Snapshot,
  sections: readonly Section[],
): string[] {
  const columns = [...new Set(sections.flatMap(({ leftOut }) => leftOut))];
  return [
    ...(columns.length > 0 ? [`the columns ${columns.join(', ')}`] : []),
    ...(endpoints > 0 ? [`${endpoints} endpoints before these`] : []),
    ...(peers > 0 ? [`${peers} peers`] : []),
  ];
}
