/** Report: what is printed about a failed seed, and about a run. */
import { execFileSync } from 'node:child_process';
import type { Coverage } from './coverage.js';
import { INVARIANTS } from './invariants.js';
import type { Minimised } from './minimise.js';
import type { Plan, Settings } from './plan.js';
import { FIXED_SEEDS } from './regression-seeds.js';
import type { SeedResult } from './run.js';

/** Invariants that are checked where they can break, and are not in the list. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['I0', 'nothing throws: what goes wrong is an outcome, a fate or a report'],
  ['I14', 'the bytes of a send stay as they are until the transport is done with them'],
  ['L1', 'once everything has healed, every call succeeds'],
  ['L3', 'once everything has healed, a name leads to its peer again'],
]);

/** The command with these options, for worlds with these settings. */
function command(options: string, settings: Settings): string {
  const all = [
    options,
    ...(settings.scale === 'short' ? ['--scale short'] : []),
    ...(settings.with.size === 0 ? [] : [`--with ${[...settings.with].join(',')}`]),
    ...(settings.without.size === 0 ? [] : [`--without ${[...settings.without].join(',')}`]),
  ];
  return `npm run sim -- ${all.join(' ')}`;
}

/** The command that runs this seed again and shows every event. */
function replayCommand(seed: number, settings: Settings): string {
  return `${command(`--seed ${seed}`, settings)} --trace`;
}

/** The command that runs what an interrupted run has not run. */
export function continueCommand(from: number, seeds: number, settings: Settings): string {
  return command(`--from ${from} --seeds ${seeds}`, settings);
}

/** How a seed that nothing runs in future becomes one that is always run. */
function keepLines(seed: number, { scale, ...classes }: Settings): string[] {
  if (seed <= FIXED_SEEDS || classes.with.size > 0 || classes.without.size > 0) return [];
  const row = `{ seed: ${seed}, scale: '${scale}', found: '…' }`;
  return [`  to run it always: add ${row} to test/sim/regression-seeds.ts`];
}

/** Everything about a failure that is needed to understand it. */
export function failureText(
  { seed, failure, plan, lastEvents }: SeedResult,
  minimised?: Minimised,
): string {
  if (failure === undefined) return `Seed ${seed} is fine.`;
  const { invariant, what, atMs } = failure;
  const lines = [
    `Seed ${seed} breaks ${invariant} after ${atMs.toFixed(3)} ms: ${what}`,
    `  ${invariant}: ${promiseOf(invariant)}`,
    `  commit: ${commit()}`,
    ...planLines(plan).map((line) => `  ${line}`),
    '  the last events:',
    ...lastEvents.map((line) => `    ${line}`),
    `  replay: ${replayCommand(seed, plan.settings)}`,
    ...keepLines(seed, plan.settings),
  ];
  if (minimised !== undefined) {
    const { needed, result } = minimised;
    lines.push(
      `  it takes: ${needed.join(', ') || 'no fault at all'}`,
      `  with those alone: ${result.failure?.what ?? ''}`,
      `  replay: ${replayCommand(seed, result.plan.settings)}`,
    );
  }
  return lines.join('\n');
}

/** How many times each thing was reached, and what was never reached. */
export function coverageText(coverage: Coverage): string {
  const counts = coverage.counts.map(([what, times]) => `  ${what}: ${times}`);
  const missing = coverage.missing.map((what) => `  never reached: ${what}`);
  return [...counts, ...missing].join('\n');
}

function promiseOf(invariant: string): string {
  return INVARIANTS.find(({ id }) => id === invariant)?.says ?? OTHERS.get(invariant) ?? '';
}

function planLines({ mode, nodes, calls, intervals, links, inspected }: Plan): string[] {
  const [link] = [...links.values()].sort((a, b) => b.lossRate - a.lossRate);
  return [
    `mode: ${mode}, ${calls} calls${inspected ? ', inspected' : ''}`,
    ...nodes.map(({ name, options, faults }) => {
      return `${name}: ${JSON.stringify(options)} ${[...faults].join(' ')}`.trimEnd();
    }),
    `strikes every … ms: ${JSON.stringify(intervals, (_key, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? undefined : value,
    )}`,
    `the worst link: ${JSON.stringify(link)}`,
  ];
}

/** The commit that is checked out, and whether the tree has changes; unknown without git. */
function commit(): string {
  try {
    const text = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `${text('rev-parse', '--short', 'HEAD')}${text('status', '--porcelain') === '' ? '' : ', changed'}`;
  } catch {
    return 'unknown';
  }
}
