/** Text: makes text safe for the terminal, gives it its tone, and fits it to a width. */
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { printable } from '../../legible/printable.js';

/** Colours only repeat what the words say, so that nothing is lost without them. */
const STYLES = {
  strong: 'bold',
  faint: 'dim',
  good: 'green',
  warn: 'yellow',
  bad: 'red',
} as const;

/** How a text is emphasised. */
export type Tone = 'plain' | keyof typeof STYLES;

/** The text in a tone. The text may come from strangers: it cannot control the terminal. */
export function toned(text: string, tone: Tone = 'plain'): string {
  const safe = printable(text);
  if (tone === 'plain') return safe;
  // The colours are always added. If the terminal has none, they are removed from the whole line.
  return styleText(STYLES[tone], safe, { validateStream: false });
}

/** The text in at most `width` columns of the terminal. If it was cut, it ends with `…`. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  if (width < 1) return '';
  // The beginning is the first line when the text is wrapped to the width without the `…`.
  const broken = wrapAnsi(text, width - 1, { hard: true, wordWrap: false, trim: false });
  const [start = ''] = broken.split('\n', 1);
  // A wrapped line has at least one character, even if that is too wide.
  return stringWidth(start) < width ? `${start}…` : '…';
}

/** The text in exactly `width` columns of the terminal: cut, or padded with spaces. */
export function inColumns(text: string, width: number, right = false): string {
  const shown = cut(text, width);
  const space = ' '.repeat(width - stringWidth(shown));
  return right ? space + shown : shown + space;
}
