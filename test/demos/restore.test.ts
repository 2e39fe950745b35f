import t from 'tap';
import { isRunning, startDemo } from './start-demo.js';

// Real processes, each of which has TypeScript to load.
t.setTimeout(180_000);

t.test('a process that is killed in the middle of a call goes on with it, run once', async (t) => {
  const { exitCode, stdout, stderr } = await startDemo(t, 'restore/main.ts').ended();
  t.strictSame([exitCode, stderr], [0, '']);
  const [first, killed, second, ...others] = stdout.split('\n');
  t.match([first, second], [/^Process \d+ starts$/, /^Process \d+ starts$/]);
  t.not(first, second);
  t.equal(killed, 'It is killed, while the server bakes for it');
  t.strictSame(others, ['Pizza number 1 is served', 'The server baked 1 time', '']);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal} ends it, and the process that it started`, async (t) => {
    const demo = startDemo(t, 'restore/main.ts');
    const [, waiter] = await demo.printed(/^Process (\d+) starts$/m);
    demo.kill(signal);
    t.match(await demo.ended(), { exitCode: 0, stderr: '' });
    t.equal(isRunning(Number(waiter)), false);
  });
}
