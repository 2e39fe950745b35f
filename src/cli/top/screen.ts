/** Screen: turns a snapshot into the lines of `rpcudp top`, within the size of the terminal. */
import stringWidth from 'string-width';
import type { Size } from '../terminal.js';
import { sectionLines, shareLines } from './section.js';
import type { Section } from './section.js';
import { sectionsOf } from './sections.js';
import type { Snapshot } from './snapshot.js';
import { cut, toned } from './text.js';

/** The top of the screen: where the counts come from, and whether they still come. */
export interface Title {
  readonly source: string;
  /** What is wrong with the source, in words; undefined if nothing is. */
  readonly fault: string | undefined;
  /** Whether the source is still telling what it knows of the past. */
  readonly catchingUp?: boolean;
  /** The URL that endpoints can feed. */
  readonly feedUrl?: string | undefined;
}

const NOTHING_YET = 'No endpoint has told anything yet.';
const KEYS = 'q quits';
/** In lines, including the heading and the line about those left out. */
const MAX_REPORTED_TROUBLES = 22;

/** At most `height` lines of at most `width` columns. A line names what is left out. */
export function screenLines(snapshot: Snapshot, title: Title, { width, height }: Size): string[] {
  const sections = sectionsOf(snapshot, width, height);
  const notes = notesOf(snapshot, sections);
  // One line is kept for the note about what is left out, which is not known yet.
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

/** The whole snapshot, for a file or a pipe. */
export function reportLines(snapshot: Snapshot): string[] {
  if (snapshot.endpoints.length === 0) return [NOTHING_YET];
  const sections = sectionsOf(snapshot, Infinity, Infinity);
  const lines = sections.flatMap((section, index) => {
    const height = section.name === 'troubles' ? MAX_REPORTED_TROUBLES : Infinity;
    return spaced(sectionLines(section, height), index > 0);
  });
  return [...lines, ...noteLine(notesOf(snapshot, sections))];
}

function titleLine(
  { endpoints }: Snapshot,
  { source, fault, catchingUp = false }: Title,
  width: number,
): string {
  const open = endpoints.filter(({ state }) => state === 'open').length;
  const state =
    fault !== undefined
      ? toned(`✕ ${fault}`, 'bad')
      : catchingUp
        ? toned('catching up…', 'warn')
        : `${open} open of ${endpoints.length}`;
  const line = `${toned('rpcudp top', 'strong')}  ${toned(source)}  ${state}`;
  const space = width - stringWidth(line) - KEYS.length;
  return space < 1 ? line : line + ' '.repeat(space) + toned(KEYS, 'faint');
}

function feedLine({ feedUrl }: Title): string[] {
  return feedUrl === undefined ? [] : [toned(`feed ${feedUrl}`)];
}

/** Puts a blank line before the lines, if there is room. */
function spaced(lines: string[], isRoomy: boolean): string[] {
  return isRoomy && lines.length > 0 ? ['', ...lines] : lines;
}

function noteLine(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : [toned(`Left out: ${notes.join(', ')}`, 'faint')];
}

/** What is left out at any height. */
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
