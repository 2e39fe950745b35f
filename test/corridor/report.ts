/** Report: what the command prints for people. */
import type { SourceFunction } from './instrument.js';
import type { Stay, Summary } from './moves.js';

/** How many pairs of files are shown. The rest is in the JSON. */
const SHOWN_PAIRS = 20;

const NUMBER_WIDTH = 5;

/** A heading for each move, and below it the functions that are entered in that file, numbered. */
export function stepsText(stays: readonly Stay[]): string {
  const lines: string[] = [];
  let number = 1;
  for (const { file, visit, entries } of stays) {
    lines.push(visit === 1 ? file : `${file}  < back, visit ${visit}`);
    for (const { entry, times } of runsOf(entries)) {
      const repeated = times > 1 ? `  ${times} times` : '';
      lines.push(`${cell(number)}  ${entry.name} :${entry.line}${repeated}`);
      number += times;
    }
  }
  return `${lines.join('\n')}\n`;
}

export function summaryText({ byFile, byPair, ...totals }: Summary): string {
  const { entries, files, moves, movesBack } = totals;
  const shownPairs = byPair.slice(0, SHOWN_PAIRS);
  const lines = [
    `${entries} function entries in ${files} files, ${moves} moves between files, ${movesBack} of them back`,
    '',
    ' back  entries  file',
    ...byFile.map((count) => `${cell(count.movesBack)}  ${cell(count.entries, 7)}  ${count.file}`),
    '',
    'moves  between',
    ...shownPairs.map((pair) => `${cell(pair.moves)}  ${pair.files.join(' and ')}`),
  ];
  const left = byPair.length - shownPairs.length;
  if (left > 0) lines.push(`       and ${left} other pairs`);
  return `${lines.join('\n')}\n`;
}

function cell(number: number, width = NUMBER_WIDTH): string {
  return String(number).padStart(width);
}

/** A loop that calls one function is one line. */
function runsOf(entries: readonly SourceFunction[]): { entry: SourceFunction; times: number }[] {
  const runs: { entry: SourceFunction; times: number }[] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run?.entry === entry) run.times += 1;
    else runs.push({ entry, times: 1 });
  }
  return runs;
}
