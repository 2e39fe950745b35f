/** The section that says where every inbound frame went: an equation for each endpoint. */
import { printableName } from '../../legible/printable.js';
import { lineWidth, piece } from './line.js';
import type { Line, Piece } from './line.js';
import type { Owned } from './owned.js';
import { countWords, rateWords } from './quantity.js';
import type { Section } from './section.js';
import type { Count, CountsView } from './snapshot.js';
import { cutText, textWidth } from './text-width.js';

const HEADING = 'FRAMES IN';
const MAX_NAME_WIDTH = 16;

/** `response.matched 180 60/s + response.late 3 0.5/s = 183 in 170 datagrams`, in as many lines as that takes. */
export function framesSection(
  endpoints: readonly Owned<CountsView>[],
  width: number,
  maxItems: number,
): Section {
  const received = endpoints.filter(({ view }) => view.framesReceived > 0);
  const shown = received.slice(0, maxItems);
  const names = shown.map(({ owner }) => cutText(printableName(owner.label), MAX_NAME_WIDTH));
  const indent = Math.max(HEADING.length, ...names.map(textWidth)) + 2;
  return {
    name: 'frames',
    heading: [piece(padded(HEADING, indent), 'strong'), piece('BY FATE', 'strong')],
    items: shown.map(({ view }, index) =>
      wrapped(padded(names[index] ?? '', indent), equation(view), width),
    ),
    total: received.length,
    itemName: 'endpoints',
    leftOut: [],
  };
}

function equation(counts: CountsView): Line[] {
  const terms = Object.entries(counts.fates).map((entry, index) => term(...entry, index > 0));
  return [...terms, [sum(counts)]];
}

function term(fate: string, { count, perSecond }: Count, added: boolean): Line {
  return [
    piece(`${added ? '+ ' : ''}${printableName(fate)} ${countWords(count)} `),
    piece(`${rateWords(perSecond)} `, 'faint'),
  ];
}

function sum({ fates, framesReceived, datagramsReceived, kernelDrops = 0 }: CountsView): Piece {
  const settled = Object.values(fates).reduce((total, { count }) => total + count, 0);
  const dropped = kernelDrops > 0 ? `; the kernel dropped ${countWords(kernelDrops)}` : '';
  const told = `${countWords(framesReceived)} in ${countWords(datagramsReceived)} datagrams${dropped}`;
  return settled === framesReceived
    ? piece(`= ${told}`)
    : piece(`= ${countWords(settled)}, but there were ${told}`, 'bad');
}

/** Sets the parts after the name, and those that have no room there below each other. */
function wrapped(name: string, parts: readonly Line[], width: number): Line[] {
  const lines: Piece[][] = [[piece(name)]];
  let line = lines[0] ?? [];
  for (const part of parts) {
    // The space at the end of a part needs no room.
    const fits = lineWidth(line) + lineWidth(part) - 1 <= width;
    if (!fits && line.length > 1) {
      line = [piece(' '.repeat(textWidth(name)))];
      lines.push(line);
    }
    line.push(...part);
  }
  return lines;
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - textWidth(text));
}
