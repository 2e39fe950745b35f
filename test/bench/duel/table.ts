/** Table of a duel in Markdown, in the same form as those of a match. */
import { showSpread, spreadOf } from '../comparison/statistics.js';
import { MEASURES, cellsOf, lowestOf } from './ratios.js';
import type { Row } from './ratios.js';
import { SIDES } from './sides.js';

const DIGITS = 3;

/** The heading and the rows. What was not measured is an empty cell. */
export function linesOf(rows: readonly Row[]): string[][] {
  return [
    ['client', 'in flight', ...MEASURES.map(({ heading }) => heading)],
    ...rows.map((row) => {
      const cells = cellsOf(row);
      const shown = MEASURES.map((measure) => {
        const cell = cells.find((candidate) => candidate.measure === measure);
        return cell === undefined ? '' : showSpread(cell.ratios, DIGITS);
      });
      return [row.name, `${row.inFlight}`, ...shown];
    }),
  ];
}

/** The line with the number that decides whether this build is slower. */
export function lowestLine(rows: readonly Row[]): string {
  const lowest = lowestOf(rows);
  if (lowest === undefined) return 'Nothing was measured.';
  const { row, measure, ratios } = lowest;
  const median = spreadOf(ratios).median.toFixed(DIGITS);
  return `The lowest is ${median}: ${row.name}, ${row.inFlight} in flight, ${measure.heading}.`;
}

/** The line about failed calls. A build that loses calls is worse than a slow one. */
export function failedLine(rows: readonly Row[]): string {
  const failures = rows.flatMap(({ name, inFlight, comparisons }) =>
    SIDES.flatMap((side) => {
      const failed = comparisons.reduce((sum, samples) => sum + samples[side].failed, 0);
      return failed === 0 ? [] : [`${failed} of the ${side} build, ${name}, ${inFlight} in flight`];
    }),
  );
  return failures.length === 0 ? 'No call failed.' : `Calls that failed: ${failures.join('; ')}.`;
}
