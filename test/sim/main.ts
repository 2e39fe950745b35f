/** `npm run sim`: runs seeds until one fails, or one seed with a trace. */
import { Coverage } from './coverage.js';
import { watchWallClock } from './invariants/wall-clock.js';
import { minimise } from './minimise.js';
import { readOptions } from './options.js';
import type { Options } from './options.js';
import { coverageText, failureText } from './report.js';
import { runSeed } from './run.js';

/** With at least this many seeds, whatever was never reached is a failure. */
const SEEDS_FOR_COVERAGE = 400;

async function main(options: Options): Promise<number> {
  const { from, seeds, settings } = options;
  const coverage = new Coverage();
  const progress = new Progress(seeds);
  let failures = 0;
  let done = 0;
  let events = 0;
  const interruption = new AbortController();
  process.once('SIGINT', () => {
    interruption.abort();
  });
  const { signal } = interruption;
  for (let seed = from; seed < from + seeds && !signal.aborted; seed++) {
    const trace = options.trace ? (line: string) => process.stdout.write(`${line}\n`) : undefined;
    const result = await runSeed(seed, settings, trace);
    done += 1;
    events += result.events;
    coverage.add(result.coverage);
    progress.show(done, failures);
    if (result.failure === undefined) continue;
    failures += 1;
    progress.clear();
    const minimised = options.minimises ? await minimise(result) : undefined;
    process.stdout.write(`${failureText(result, minimised)}\n`);
    if (!options.keepGoing) break;
  }
  progress.clear();
  if (options.showsCoverage) process.stdout.write(`${coverageText(coverage)}\n`);
  const stopped = signal.aborted ? ', interrupted' : '';
  process.stdout.write(
    `${done} of ${seeds} seeds from ${from}, ${events} events, ${failures} failed${stopped}\n`,
  );
  const isComplete = done === seeds && done >= SEEDS_FOR_COVERAGE && settings.without.size === 0;
  const blind = isComplete ? coverage.missing : [];
  for (const what of blind) process.stdout.write(`never reached: ${what}\n`);
  return failures > 0 || blind.length > 0 ? 1 : 0;
}

/** A line on a terminal. Without a terminal it prints nothing. */
class Progress {
  readonly #total: number;
  readonly #visible = process.stdout.isTTY;
  #shown = false;

  constructor(total: number) {
    this.#total = total;
  }

  show(done: number, failures: number): void {
    if (!this.#visible || done % 10 !== 0) return;
    this.#shown = true;
    process.stdout.write(`\r${done} of ${this.#total} seeds, ${failures} failed`);
  }

  clear(): void {
    if (this.#shown) process.stdout.write('\r\x1b[K');
    this.#shown = false;
  }
}

const options = readOptions(process.argv.slice(2));
try {
  watchWallClock();
  process.exitCode = await main(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
