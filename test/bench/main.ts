/**
 * `npm run bench`: what a call costs here and with other packages, as a ratio to raw dgram.
 *
 * The contestants take turns, round by round; medians are printed with their quartiles, and each
 * ratio compares measurements that are close in time. Each client and each server has its own
 * process, and everything runs as users run it: compiled, on plain Node.js.
 */
import { writeFileSync } from 'node:fs';
import { MOST_IN_FLIGHT, TEXT } from './comparison/contestants/contestant.js';
import { PYTHON } from './comparison/lineup.js';
import type { Entry } from './comparison/lineup.js';
import { LEVELS, Match } from './comparison/match.js';
import type { Level, LevelResult, OnTurn, Pace } from './comparison/match.js';
import { nodes } from './comparison/nodes.js';
import { occasion } from './comparison/occasion.js';
import { PLOT, parseOptions } from './comparison/options.js';
import type { Options } from './comparison/options.js';
import type { Runtime } from './comparison/pair.js';
import { installPeers, peerVersion } from './comparison/peers.js';
import { plot } from './comparison/plot.js';
import { Progress } from './progress.js';
import { findPython } from './comparison/python.js';
import type { Python } from './comparison/python.js';
import { tables } from './comparison/tables.js';
import type { Report } from './comparison/tables.js';
import { benchAgainst } from './duel/against.js';

// Exit codes as in a shell: 128 plus the number of the signal.
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    process.stderr.write('\n');
    process.exit(exitCode);
  });
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.baseline === undefined) await bench(options);
  else await benchAgainst(options.baseline, options);
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  // Ends the programs that still run.
  process.exit(1);
}

async function bench({ entries, pace, bothNodes, whole }: Options): Promise<void> {
  const python = usablePython();
  const present = entries.filter(({ key }) => key !== PYTHON || python !== undefined);
  installPeers();

  const runtimes = nodes(bothNodes);
  const levelMs = present.length * (pace.warmUpMs + pace.rounds * pace.durationMs);
  const progress = new Progress(runtimes.length * LEVELS.length * levelMs);
  const reports: Report[] = [];
  for (const { path: node, version: nodeVersion } of runtimes) {
    const onTurn: OnTurn = (label, durationMs) =>
      progress.step(`Node ${nodeVersion}, ${label}`, durationMs);
    const results = await play(present, { node: [node], python: python?.path ?? '' }, pace, onTurn);
    reports.push({ nodeVersion, entries: present, results });
  }
  progress.end();

  const preamble =
    `${occasion()}. "${TEXT}" echoed over loopback, client and server in a process each. Median (quartiles) ` +
    `of ${pace.rounds} interleaved rounds of ${pace.durationMs} ms; × raw is the ratio to raw dgram in the same round. ` +
    `Windows are opened for ${MOST_IN_FLIGHT} calls (rpcudp: \`window: ${MOST_IN_FLIGHT}\`), receive buffers 4 MiB.`;
  const notes = present.map((entry) => note(entry, python)).join('\n');
  console.log([preamble, ...reports.map(tables), notes].join('\n\n'));

  const [report] = reports;
  if (report === undefined) return;
  const path = whole ? PLOT : '.bench/calls-per-second.svg';
  writeFileSync(path, plot(report, `Node ${report.nodeVersion}, ${occasion()}`));
  process.stderr.write(`The plot is ${path}\n`);
}

/**
 * @throws Error when `CI` is set and there is none: a benchmark with contestants left out proves
 * nothing.
 */
function usablePython(): Python | undefined {
  const python = findPython();
  if (typeof python !== 'string') return python;
  if (process.env['CI'] !== undefined) throw new Error(`Python rpcudp ${python}`);
  process.stderr.write(`Left out: Python rpcudp ${python}\n`);
  return undefined;
}

async function play(
  entries: readonly Entry[],
  runtime: Runtime,
  pace: Pace,
  onTurn: OnTurn,
): Promise<ReadonlyMap<Level, LevelResult>> {
  const match = await Match.open(entries, runtime);
  const results = new Map<Level, LevelResult>();
  for (const level of LEVELS) results.set(level, await match.play(level, pace, onTurn));
  match.end();
  return results;
}

function note(
  { key, name, package: packageName, note }: Entry,
  python: Python | undefined,
): string {
  const version = packageName === undefined ? undefined : peerVersion(packageName);
  const versions = key === PYTHON ? python?.versions : version;
  return `- ${name}: ${[versions, note].filter((part) => part !== undefined).join('; ')}`;
}
