import { spawnSync } from 'node:child_process';
import t from 'tap';
import { canFixAddresses, nodeCommand } from './layout.js';

/**
 * Prints the address of the stack, which the system chooses, and a number that V8 draws with its
 * seed.
 */
const PROBE = `
  const { readFileSync } = require('node:fs');
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\\n');
  const [stack] = lines.filter((line) => line.endsWith('[stack]'));
  console.log(stack, Math.random());
`;

const probe = (seed: number, fixAddresses: boolean): string => {
  const [command = '', ...args] = nodeCommand(process.execPath, seed, fixAddresses);
  const { NODE_OPTIONS, ...env } = process.env;
  return spawnSync(command, [...args, '-e', PROBE], { encoding: 'utf8', env }).stdout;
};

t.test('a Node.js is started directly, with a seed', async (t) => {
  t.strictSame(nodeCommand('node', 3, false), ['node', '--random-seed=3']);
});

t.test(
  'with the same seed two processes have the same layout',
  { skip: !canFixAddresses() && 'this system does not let addresses be fixed' },
  async (t) => {
    t.match(probe(1, true), /\[stack\] 0\.\d+/);
    t.equal(probe(1, true), probe(1, true));
    t.not(probe(1, true), probe(2, true));
    t.not(probe(1, false), probe(1, true));
  },
);
