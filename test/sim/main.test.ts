import { spawnSync } from 'node:child_process';
import t from 'tap';

t.test('one seed with a trace shows every event, and then the summary', async (t) => {
  const args = [
    '--import',
    'tsx',
    'test/sim/main.ts',
    '--seed',
    '3',
    '--scale',
    'short',
    '--trace',
  ];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  t.equal(status, 0);
  const lines = stdout.trimEnd().split('\n');
  const events = lines.filter((line) => /^\d+\.\d{3} /.test(line)).length;
  t.ok(events > 50);
  t.equal(lines.at(-1), `1 of 1 seeds from 3, ${events} events, 0 failed`);
});

t.test('a mistake in the options is reported, with exit code 2', async (t) => {
  const args = ['--import', 'tsx', 'test/sim/main.ts', '--seeds', 'many'];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  t.equal(status, 2);
  t.match(stderr, /^error: option '--seeds <n>' argument 'many' is invalid\..* from 0\.\n$/);
});
