/** Builds of commits, in folders that are kept: a commit does not change. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './command.js';
import type { Commit } from './commit.js';

/** From the project's root, where npm runs its scripts. */
export const BUILDS = resolve('.bench/baseline');

/** The folder of a build that is not done. It goes with this process, whatever ends it. */
const UNFINISHED = join(BUILDS, 'unfinished');

const LOCK = 'package-lock.json';

/**
 * The folder of a commit that was compiled as it says itself, now or before.
 *
 * @throws Error with what the compiler said, when that fails.
 */
export async function buildOf({ hash, title }: Commit): Promise<string> {
  const folder = join(BUILDS, hash);
  if (isUsable(folder)) return folder;
  process.stderr.write(`Building the baseline, ${title}\n`);
  rmSync(folder, { recursive: true, force: true });
  try {
    await build(hash);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The baseline, ${title}, could not be built: ${why}`, { cause: error });
  }
  renameSync(UNFINISHED, folder);
  return folder;
}

/** Whether it is there with what it depends on: packages of its own, or those of this project when they are the same. */
function isUsable(folder: string): boolean {
  return existsSync(folder) && (existsSync(join(folder, 'node_modules')) || needsTheSame(folder));
}

function needsTheSame(folder: string): boolean {
  return readFileSync(join(folder, LOCK), 'utf8') === readFileSync(LOCK, 'utf8');
}

async function build(hash: string): Promise<void> {
  // One that was killed could not remove it.
  removeUnfinished();
  process.on('exit', removeUnfinished);
  mkdirSync(UNFINISHED, { recursive: true });
  const archive = join(UNFINISHED, 'commit.tar');
  await run('git', ['archive', '--format=tar', `--output=${archive}`, hash]);
  await run('tar', ['-xf', archive, '-C', UNFINISHED]);
  rmSync(archive);
  // Without their own, node and npm look for packages in the folders above: those of this project.
  if (!needsTheSame(UNFINISHED)) {
    // The scripts would compile it, and fetch what only tests need.
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], UNFINISHED);
  }
  await run('npm', ['run', '--silent', 'build'], UNFINISHED);
}

function removeUnfinished(): void {
  // What was just killed may write for a moment yet.
  rmSync(UNFINISHED, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
