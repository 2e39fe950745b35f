/** `npm run sim`: runs seeds until one fails, or one seed with a trace. */
import { Progress } from '../bench/progress.js';
import { Coverage } from './coverage.js';
import { watchWallClock } from './invariants/wall-clock.js';
import { minimise } from './minimise.js';
import { readOptions } from './options.js';
import type { Options } from './options.js';
import { continueCommand, coverageText, failureText } from './report.js';
import { runSeed } from './run.js';

/** With at least this many seeds, whatever was never reached is a failure. */
const SEEDS_FOR_COVERAGE = 400;
/** As for a program that SIGINT ends. */
const INTERRUPTED_EXIT_CODE = 130;

async function main(options: Options): Promise<number> {
  const { from, seeds, settings, trace } = options;
  const coverage = new Coverage();
  const progress = new Progress(seeds);
  let failures = 0;
  let done = 0;
  let events = 0;
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      interruption.abort();
    });
  }
  const { signal } = interruption;
  for (let seed = from; seed < from + seeds && !signal.aborted; seed++) {
    if (!trace) progress.step(`seed ${seed}, ${failures} failed`, 1);
    const result = await runSeed(seed, settings, trace ? print : undefined);
    done += 1;
    events += result.events;
    coverage.add(result.coverage);
    if (result.failure === undefined) continue;
    failures += 1;
    progress.end();
    const minimised = options.minimises ? await minimise(result) : undefined;
    print(failureText(result, minimised));
    if (!options.keepGoing) break;
  }
  progress.end();
  if (options.showsCoverage) print(coverageText(coverage));
  const interrupted = signal.aborted && done < seeds;
  const how = interrupted ? ', interrupted' : '';
  print(`${done} of ${seeds} seeds from ${from}, ${events} events, ${failures} failed${how}`);
  if (interrupted) print(`continue: ${continueCommand(from + done, seeds - done, settings)}`);
  const isComplete = done === seeds && done >= SEEDS_FOR_COVERAGE && settings.without.size === 0;
  const blind = isComplete ? coverage.missing : [];
  for (const what of blind) print(`never reached: ${what}`);
  if (failures > 0 || blind.length > 0) return 1;
  return interrupted ? INTERRUPTED_EXIT_CODE : 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const options = readOptions(process.argv.slice(2));
try {
  watchWallClock();
  process.exitCode = await main(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
