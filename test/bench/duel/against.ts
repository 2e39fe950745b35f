/** `npm run bench -- --baseline <commit>`: tells whether this build is slower than a commit. */
import type { Entry } from '../comparison/lineup.js';
import { nodes } from '../comparison/nodes.js';
import { occasion } from '../comparison/occasion.js';
import type { Options } from '../comparison/options.js';
import type { Runtime } from '../comparison/pair.js';
import { installPeers } from '../comparison/peers.js';
import { Progress } from '../progress.js';
import { markdown } from '../comparison/tables.js';
import { buildOf } from './build.js';
import { commitNamed, titleOfThis } from './commit.js';
import { durationOf, play } from './duel.js';
import { canFixAddresses, nodeCommand } from './layout.js';
import type { Side, Sides } from './sides.js';
import { stage } from './stage.js';
import type { Stage } from './stage.js';
import { failedLine, linesOf, lowestLine } from './table.js';

const RANDOM_ADDRESSES =
  'This system does not let addresses be fixed: luck will spread the numbers by some per cent\n';

/**
 * Prints a table for each Node.js. @throws Error when the commit does not exist, does not compile,
 * or does not run.
 */
export async function benchAgainst(name: string, options: Options): Promise<void> {
  const { pace, bothNodes } = options;
  const commit = await commitNamed(name);
  const titles = { old: commit.title, new: await titleOfThis() };
  installPeers();
  const stages = { old: stage('old', await buildOf(commit)), new: stage('new', '.') };
  const entries = options.entries.filter((entry) => canPlay(entry, stages.old));
  if (entries.length === 0) throw new Error('No contestant runs with both builds');
  const fixAddresses = canFixAddresses();
  if (!fixAddresses) process.stderr.write(RANDOM_ADDRESSES);

  console.log(preamble(titles, options));
  const runtimes = nodes(bothNodes);
  const progress = new Progress(runtimes.length * durationOf(entries, pace));
  for (const { path, version } of runtimes) {
    const runtimesOf = (round: number): Sides<Runtime> => {
      const node = nodeCommand(path, round, fixAddresses);
      const runtime = (side: Side): Runtime => ({ ...stages[side], node, python: '' });
      return { old: runtime('old'), new: runtime('new') };
    };
    const rows = await play(entries, runtimesOf, pace, (label, durationMs) =>
      progress.step(`Node ${version}, ${label}`, durationMs),
    );
    progress.end();
    const table = [markdown(linesOf(rows)), lowestLine(rows), failedLine(rows)];
    console.log([`\n## Node ${version}`, ...table].join('\n\n'));
  }
}

/** Whether this build has what the contestant loads. An older build may not. */
function canPlay({ name, loads = [] }: Entry, { entryPoints }: Stage): boolean {
  const missing = loads.filter((entryPoint) => !entryPoints.has(entryPoint));
  if (missing.length === 0) return true;
  process.stderr.write(`Left out: ${name}, because the baseline has no ${missing.join(', no ')}\n`);
  return false;
}

function preamble(titles: Sides<string>, { pace }: Options): string {
  return (
    `${occasion()}. This build, ${titles.new}, against ${titles.old}. Median (quartiles) of ratios: 1 is ` +
    `equal, and more is better for this build in every column. CPU is the time per call. In each of ${pace.rounds} ` +
    `rounds both builds have new processes, and alternate every few milliseconds until each has played ${pace.durationMs} ms.`
  );
}
