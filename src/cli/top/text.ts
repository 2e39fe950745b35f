/** Text as the screen shows it: unable to steer the terminal, in its tone, and as wide as its place. */
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { printable } from '../../legible/printable.js';

/** Colour only adds to what the words say. */
const STYLES = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: 'red',
} as const;

/** How text stands out. */
export type Tone = 'plain' | keyof typeof STYLES;

/** Text in a tone. Whoever it is from, nothing in it steers the terminal. */
export function toned(text: string, tone: Tone = 'plain'): string {
  const safe = printable(text);
  if (tone === 'plain') return safe;
  // Always in colour: where there are none, they are taken off the whole line.
  return styleText(STYLES[tone], safe, { validateStream: false });
}

/** At most so many columns of the terminal, `…` at the end where it was cut. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  if (width < 1) return '';
  // It begins as the first line would that has no room for more.
  const broken = wrapAnsi(text, width - 1, { hard: true, wordWrap: false, trim: false });
  const [start = ''] = broken.split('\n', 1);
  // A line has one character even where that is too wide.
  return stringWidth(start) < width ? `${start}…` : '…';
}

/** Exactly so many columns of the terminal: cut, or filled up with spaces. */
export function inColumns(text: string, width: number, right = false): string {
  const shown = cut(text, width);
  const space = ' '.repeat(width - stringWidth(shown));
  return right ? space + shown : shown + space;
}
