import t from 'tap';
import { WatchingPage } from '../fixtures/inspector-client.js';
import { isRunning, startDemo, watchedAt } from './start-demo.js';

// Real processes, each of which has TypeScript to load.
t.setTimeout(300_000);

const DEMO = 'sensor/main.ts';

/** The demo, when its devices send, and the id of its server's process. */
async function sending(t: Parameters<typeof startDemo>[0]) {
  const demo = startDemo(t, DEMO, '--seconds', '600');
  const [, id] = await demo.printed(/^The server is process (\d+) at port \d+$/m);
  await demo.printed(/send readings for 600 s$/m);
  await demo.printed(/record done, for the first time/);
  return { demo, server: Number(id) };
}

t.test(
  'who has no good token is refused, and no answered reading is lost at the stop',
  async (t) => {
    const { exitCode, stdout, stderr } = await startDemo(t, DEMO, '--seconds', '1').ended();
    t.strictSame([exitCode, stderr], [0, '']);
    for (const line of [
      /^Without a token: tokenMissing \(.+\)$/m,
      /^With a forged token: tokenForged \(.+\)$/m,
      /^With a token of the past: tokenExpired \(.+\)$/m,
      /^A wrong reading does not leave the device: .*args\[0\]\.celsius/m,
      /^And if it is sent: invalidArguments \(.*args\[0\]\.celsius/m,
      /^SIGTERM is sent to the server, with many readings on their way$/m,
      // Middleware has measured all of them, also those that it refused itself.
      /^ {2}record tokenForged: 1 in all, half within \S+ ms, all within \S+ ms$/m,
      /^ {2}record invalidArguments: 1 in all, /m,
      /^\d+ were refused, because the server was about to stop$/m,
      /^\d+ were refused, because too many ran at once$/m,
      /^\d+ had no answer, because it was gone$/m,
    ]) {
      t.match(stdout, line);
    }
    const [, answered, kept] =
      /^(\d+) readings were answered, (\d+) of them are in the journal$/m.exec(stdout) ?? [];
    t.equal(kept, answered);
    t.match(answered, /^[1-9]/);
    const [, done] = /^ {2}record done: (\d+) in all/m.exec(stdout) ?? [];
    t.ok(Number(done) >= Number(answered), 'each answer was measured');
  },
);

for (const [signal, to] of [
  ['SIGINT', 'kill'],
  ['SIGINT', 'killGroup'],
  ['SIGTERM', 'killGroup'],
] as const) {
  t.test(`${signal} stops it early, as gracefully (${to})`, async (t) => {
    const { demo, server } = await sending(t);
    demo[to](signal);
    const { exitCode, stdout, stderr } = await demo.ended();
    t.strictSame([exitCode, stderr], [0, '']);
    const [, answered, kept] = /^(\d+) readings were answered, (\d+) of/m.exec(stdout) ?? [];
    t.match(answered, /^[1-9]/);
    t.equal(kept, answered);
    t.equal(isRunning(server), false);
  });
}

t.test('when the demo is killed, its server stops', async (t) => {
  const { demo, server } = await sending(t);
  demo.kill('SIGKILL');
  while (isRunning(server)) await new Promise(setImmediate);
  t.pass('it has ended');
});

t.test('a server that fails is an error', async (t) => {
  const { demo, server } = await sending(t);
  process.kill(server, 'SIGKILL');
  t.match(await demo.ended(), { exitCode: 1 });
});

t.test('with --inspect the page shows both sides, and no token', async (t) => {
  const demo = startDemo(t, DEMO, '--inspect', '--seconds', '1');
  const page = new WatchingPage(await watchedAt(demo));
  await demo.printed(/^The page stays open until Ctrl-C\.$/m);
  await page.sees((records) =>
    (['call', 'handler'] as const).every((kind) =>
      records.some((record) => record.type === kind && record.procedure === 'record'),
    ),
  );
  const text = JSON.stringify(page.records);
  t.match(text, '"token":"(masked)"');
  t.notMatch(text, /greenhouse\.\d/);
  demo.kill('SIGINT');
  t.match(await demo.ended(), { exitCode: 0, stderr: '' });
});
