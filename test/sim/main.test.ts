import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

t.test('several seeds show how far they are, in lines if there is no terminal', async (t) => {
  const args = ['--import', 'tsx', 'test/sim/main.ts', '--seeds', '20', '--scale', 'short'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  t.equal(status, 0);
  const lines = stderr.trimEnd().split('\n');
  t.equal(lines.length, 10);
  t.equal(lines[0], '0 %: seed 1, 0 failed');
  t.match(lines[9], /^90 %, \d+ s left: seed 19, 0 failed$/);
  t.match(stdout, /^20 of 20 seeds from 1, \d+ events, 0 failed\n$/);
});

t.test(
  'what an interrupted run has not run is continued by the command that it prints',
  async (t) => {
    const args = ['--import', 'tsx', 'test/sim/main.ts', '--from', '5', '--seeds', '5000'];
    const child = spawn(process.execPath, [...args, '--scale', 'short']);
    t.teardown(() => child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    // The first line of progress shows that the run has begun.
    child.stderr.once('data', () => child.kill('SIGTERM'));
    const [status] = (await once(child, 'close')) as [number | null];
    t.equal(status, 130);
    const [, done] = /^(\d+) of 5000 seeds from 5, \d+ events, 0 failed, interrupted$/m.exec(
      stdout,
    )!;
    const left = 5_000 - Number(done);
    t.equal(
      stdout.trimEnd().split('\n').at(-1),
      `continue: npm run sim -- --from ${5 + Number(done)} --seeds ${left} --scale short`,
    );
  },
);
