/**
 * What the benchmark needs from others: packages in a folder of their own, with a lock of their own, so that
 * neither users nor `npm ci` in the project's root install them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

// From the project's root, where npm runs its scripts: the compiled files lie elsewhere.
const HOME = resolve('test/bench/peers');
const LOCK = join(HOME, 'package-lock.json');
const INSTALLED_LOCK = join(HOME, 'node_modules/.installed-lock.json');

const require = createRequire(join(HOME, 'package.json'));

/** The binary that the npm package `node` brings. */
export const PACKAGED_NODE = join(HOME, 'node_modules/node/bin/node');

/**
 * Installs the packages if they are absent, or others than the lock names; says so on standard error.
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

/** One of the packages, untyped: the compiler must do without them. */
export function loadPeer(name: string): unknown {
  return require(name);
}

/** The version of a package that is installed. */
export function peerVersion(name: string): string {
  const { version } = JSON.parse(read(join(HOME, 'node_modules', name, 'package.json'))) as {
    version: string;
  };
  return version;
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
