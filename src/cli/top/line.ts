/** A line of the screen: pieces of text, some of which stand out. */
import { printable } from '../../legible/printable.js';
import { cutText, textWidth } from './text-width.js';

/** How a piece stands out: colour only adds to what its words say. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'warn' | 'bad';

export interface Piece {
  /** Safe to show: `piece` makes it so. */
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Piece[];

/** ECMA-48 section 8.3.117: select graphic rendition. */
const RENDITIONS: Readonly<Record<Exclude<Tone, 'plain'>, string>> = {
  strong: '1',
  faint: '2',
  good: '32',
  warn: '33',
  bad: '31',
};

/** A piece of a line. Whoever the text is from, nothing in it steers the terminal. */
export function piece(text: string, tone: Tone = 'plain'): Piece {
  return { text: printable(text), tone };
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + textWidth(text), 0);
}

/** At most `width` columns of the line, `…` at the end where it was cut. */
export function cutLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  const cut: Piece[] = [];
  let left = width;
  for (const { text, tone } of line) {
    const taken = textWidth(text);
    // Something follows, or this is what is too long: a column is for the `…`.
    if (taken >= left) {
      cut.push({ text: taken === left ? cutText(`${text}…`, left) : cutText(text, left), tone });
      break;
    }
    cut.push({ text, tone });
    left -= taken;
  }
  return cut;
}

/** The line as it is written. */
export function paint(line: Line, colours: boolean): string {
  return line
    .map(({ text, tone }) =>
      tone === 'plain' || !colours ? text : `\u001b[${RENDITIONS[tone]}m${text}\u001b[0m`,
    )
    .join('')
    .trimEnd();
}
