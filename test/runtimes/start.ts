/**
 * Start: runs the program under runtimes from npm, one after the other.
 *
 *     npm run runtimes                        # under this Node.js
 *     npm run runtimes -- bun deno node@latest
 */
import { spawnSync } from 'node:child_process';
import { bundleProgram } from './bundle.js';

const PROGRAM = '.runtimes/main.mjs';

/** How each runtime runs a file. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  node: ['node'],
  bun: ['bun'],
  deno: ['deno', 'run', '--allow-all'],
};

await bundleProgram(PROGRAM);
const wanted = process.argv.slice(2);
const runs = wanted.length === 0 ? [[process.execPath, PROGRAM]] : wanted.map(throughNpm);
for (const [command = '', ...words] of runs) {
  const { status, error } = spawnSync(command, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) process.exitCode = 1;
}

/** The command that runs the program under a package of npm, such as `node@latest`. */
function throughNpm(spec: string): readonly string[] {
  const command = COMMANDS[spec.replace(/@.*$/, '')];
  if (command === undefined) throw new Error(`Unknown runtime ${spec}: node, bun or deno`);
  return ['npm', 'exec', '--yes', `--package=${spec}`, '--', ...command, PROGRAM];
}
