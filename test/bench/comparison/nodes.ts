/** Nodes: the versions of Node.js to run the benchmark with. */
import { spawnSync } from 'node:child_process';
import { PACKAGED_NODE } from './peers.js';

/** A Node.js to run the benchmark with. */
export interface Node {
  readonly path: string;
  readonly version: string;
}

/**
 * The Node.js that runs this, and, if `both`, the one that comes from npm, unless it has the same
 * version.
 *
 * @throws Error when npm has installed the package without the Node.js in it.
 */
export function nodes(both: boolean): Node[] {
  const own = { path: process.execPath, version: process.version };
  if (!both) return [own];
  const { status, stdout } = spawnSync(PACKAGED_NODE, ['--version'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(
      `There is no Node.js at ${PACKAGED_NODE}: npm must run the install script of the package`,
    );
  }
  const packaged = { path: PACKAGED_NODE, version: stdout.trim() };
  return own.version === packaged.version ? [own] : [own, packaged];
}
