/**
 * `npm run corridor`: prints every function that one echo enters at both ends, in order. It shows
 * whether a reader can follow a datagram along the corridors of the architecture (call out, answer
 * in, request to reply) without turning back.
 *
 * A function entry means that a function of a file in `src` begins to run, whatever calls it. A
 * move is an entry in another file than the entry before; the first entry is a move too. A move
 * back is a move to a file that was entered before. `--help` explains all of this.
 */
import { traceEcho } from './echo.js';
import { loadInstrumented } from './instrumented.js';
import { staysOf, summaryOf } from './moves.js';
import { readOptions } from './options.js';
import type { Options } from './options.js';
import { stepsText, summaryText } from './report.js';

async function main({ isSummaryOnly, isJson }: Options): Promise<string> {
  const entries = await traceEcho(await loadInstrumented());
  const stays = staysOf(entries);
  const summary = summaryOf(stays);
  if (isJson) {
    const data = isSummaryOnly ? { summary } : { summary, entries };
    return `${JSON.stringify(data, null, 2)}\n`;
  }
  return isSummaryOnly ? summaryText(summary) : `${stepsText(stays)}\n${summaryText(summary)}`;
}

process.stdout.write(await main(readOptions(process.argv.slice(2))));
