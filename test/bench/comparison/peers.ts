/**
 * Peers: the packages of others that the benchmark needs. They have their own folder and lock file,
 * so that neither users nor `npm ci` in the project's root install them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

// Relative to the project's root, where npm runs its scripts. The compiled files are elsewhere.
const HOME = resolve('test/bench/peers');
const LOCK = join(HOME, 'package-lock.json');
const INSTALLED_LOCK = join(HOME, 'node_modules/.installed-lock.json');

const require = createRequire(join(HOME, 'package.json'));

/** The executable in the npm package `node`. */
export const PACKAGED_NODE = join(HOME, 'node_modules/node/bin/node');

/**
 * Installs the packages if they are absent or differ from the lock file. Reports that on standard
 * error.
 *
 * @throws Error when npm fails.
 */
export function installPeers(): void {
  if (existsSync(INSTALLED_LOCK) && read(INSTALLED_LOCK) === read(LOCK)) return;
  process.stderr.write(`Installing what to compare with: npm ci --prefix ${HOME}\n`);
  // Standard output is for the tables.
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', HOME], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) {
    throw new Error(`npm ci --prefix ${HOME}: ${error?.message ?? `exit code ${status}`}`);
  }
  copyFileSync(LOCK, INSTALLED_LOCK);
}

/**
 * Loads one of the packages. It has no types, because the compiler must work without the packages.
 */
export function loadPeer(name: string): unknown {
  return require(name);
}

/** The version of an installed package. */
export function peerVersion(name: string): string {
  const { version } = JSON.parse(read(join(HOME, 'node_modules', name, 'package.json'))) as {
    version: string;
  };
  return version;
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
