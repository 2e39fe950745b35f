/** Frames section: an equation for each endpoint shows the fates of its inbound frames. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { printableName } from '../../legible/printable.js';
import type { Owned } from './owned.js';
import { countWords, rateWords } from './quantity.js';
import type { Section } from './section.js';
import type { Count, CountsView } from './snapshot.js';
import { inColumns, toned } from './text.js';

const HEADING = 'FRAMES IN';
const MAX_NAME_WIDTH = 16;
const NO_BREAK_SPACE = '\u00a0';

/** For example `response.matched 180 60/s + response.late 3 0.5/s = 183 in 170 datagrams`. */
export function framesSection(
  endpoints: readonly Owned<CountsView>[],
  width: number,
  maxItems: number,
): Section {
  const received = endpoints.filter(({ view }) => view.framesReceived > 0);
  const shown = received
    .slice(0, maxItems)
    .map(({ owner, view }) => ({ name: toned(printableName(owner.label)), counts: view }));
  const widths = shown.map(({ name }) => Math.min(stringWidth(name), MAX_NAME_WIDTH));
  const indent = Math.max(HEADING.length, ...widths);
  const row = (name: string, line: string): string => `${inColumns(name, indent)}  ${line}`;
  return {
    name: 'frames',
    heading: toned(row(HEADING, 'BY FATE'), 'strong'),
    items: shown.map(({ name, counts }) => {
      const lines = wrapped(equation(counts), width - indent - 2);
      return lines.map((line, index) => row(index === 0 ? name : '', line));
    }),
    total: received.length,
    itemName: 'endpoints',
    leftOut: [],
  };
}

function equation(counts: CountsView): string[] {
  const terms = Object.entries(counts.fates).map(([fate, count]) => term(fate, count));
  return [...terms.map((text, index) => (index > 0 ? `+ ${text}` : text)), sum(counts)];
}

function term(fate: string, { count, perSecond }: Count): string {
  const rate = toned(rateWords(perSecond), 'faint');
  return `${toned(printableName(fate))} ${countWords(count)} ${rate}`;
}

function sum({ fates, framesReceived, datagramsReceived, kernelDrops = 0 }: CountsView): string {
  const settled = Object.values(fates).reduce((total, { count }) => total + count, 0);
  const dropped = kernelDrops > 0 ? `; the kernel dropped ${countWords(kernelDrops)}` : '';
  const datagrams = `${countWords(datagramsReceived)} datagrams${dropped}`;
  const told = `${countWords(framesReceived)} in ${datagrams}`;
  return settled === framesReceived
    ? `= ${told}`
    : toned(`= ${countWords(settled)}, but there were ${told}`, 'bad');
}

/** Distributes the parts over lines of at most `width` columns. No part is broken. */
function wrapped(parts: readonly string[], width: number): string[] {
  const text = parts.map((part) => part.replaceAll(' ', NO_BREAK_SPACE)).join(' ');
  return wrapAnsi(text, Math.max(1, width)).replaceAll(NO_BREAK_SPACE, ' ').split('\n');
}
