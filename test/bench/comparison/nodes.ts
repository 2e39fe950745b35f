import { spawnSync } from 'node:child_process';
import { PACKAGED_NODE } from './peers.js';

/** A Node.js to play under. */
export interface Node {
  readonly path: string;
  readonly version: string;
}

/**
 * The Node that runs this, and, unless it is of that version, the one that comes from npm.
 *
 * @throws Error when npm has installed the package without the Node in it.
 */
export function nodes(both: boolean): Node[] {
  const own = { path: process.execPath, version: process.version };
  if (!both) return [own];
  const { status, stdout } = spawnSync(PACKAGED_NODE, ['--version'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(
      `There is no Node in ${PACKAGED_NODE}: npm has to run the install script of the package`,
    );
  }
  const packaged = { path: PACKAGED_NODE, version: stdout.trim() };
  return own.version === packaged.version ? [own] : [own, packaged];
}
