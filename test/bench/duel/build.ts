/** Builds of commits. Their folders are kept, because a commit does not change. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './command.js';
import type { Commit } from './commit.js';

/** Relative to the project's root, where npm runs its scripts. */
export const BUILDS = resolve('.bench/baseline');

/** The folder of an unfinished build. It is removed when this process ends, for whatever reason. */
const UNFINISHED = join(BUILDS, 'unfinished');

const LOCK = 'package-lock.json';

/**
 * The folder in which a commit was compiled with its own build script, now or earlier.
 *
 * @throws Error with the output of the compiler, when that fails.
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

/**
 * Whether the folder exists with its dependencies: its own packages, or those of this project if
 * they are the same.
 */
function isUsable(folder: string): boolean {
  return existsSync(folder) && (existsSync(join(folder, 'node_modules')) || needsTheSame(folder));
}

function needsTheSame(folder: string): boolean {
  return readFileSync(join(folder, LOCK), 'utf8') === readFileSync(LOCK, 'utf8');
}

async function build(hash: string): Promise<void> {
  // A build that was killed could not remove it.
  removeUnfinished();
  process.on('exit', removeUnfinished);
  mkdirSync(UNFINISHED, { recursive: true });
  const archive = join(UNFINISHED, 'commit.tar');
  await run('git', ['archive', '--format=tar', `--output=${archive}`, hash]);
  await run('tar', ['-xf', archive, '-C', UNFINISHED]);
  rmSync(archive);
  // Without its own packages, node and npm look in the folders above, where those of this project
  // are.
  if (!needsTheSame(UNFINISHED)) {
    // The packages' scripts would compile this project, and download what only tests need.
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], UNFINISHED);
  }
  await run('npm', ['run', '--silent', 'build'], UNFINISHED);
}

function removeUnfinished(): void {
  // A process that was just killed may still write for a moment.
  rmSync(UNFINISHED, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
