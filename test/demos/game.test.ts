import t from 'tap';
import { readExposition, sumOf } from '../fixtures/exposition.js';
import { WatchingPage } from '../fixtures/inspector-client.js';
import { startDemo, watchedAt } from './start-demo.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

const DEMO = 'game/main.ts';

t.test('50 players see the newest, whatever becomes of two of them', async (t) => {
  const { exitCode, stdout, stderr } = await startDemo(t, DEMO, '--seconds', '2').ended();
  t.strictSame([exitCode, stderr], [0, ''], stdout);
  const [table = '', claims = ''] = stdout.split('\n\n').slice(1);
  const [headings, ...lines] = table.split('\n');
  t.match(headings, /^ +second +players +sent +received +replaced +dropped +age p50 +p99 +slow/);
  t.ok(lines.length >= 2, 'a line a second');
  t.match(lines[0], /^ +1 +50( +\d+){3} +0( +(\d+ ms|-)){2} +\d+( +(\d+ ms|-)){2}$/);
  t.match(lines.at(-1), new RegExp(`^ +${lines.length} +49 `), 'it goes on until one was removed');
  const kept = claims.trimEnd().split('\n');
  t.equal(kept.length, 6);
  t.strictSame(
    kept.filter((line) => !line.startsWith('kept ')),
    [],
  );
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(`${signal} ends it before its time, without a verdict`, async (t) => {
    const demo = startDemo(t, DEMO, '--seconds', '600');
    await demo.printed(/^ +1 +50 /m);
    demo.kill(signal);
    const { exitCode, stdout, stderr } = await demo.ended();
    t.strictSame([exitCode, stderr], [130, '']);
    t.match(stdout, /\n\nStopped before its end\.\n$/);
  });
}

t.test('--inspect shows what it sends, until Ctrl-C', async (t) => {
  const demo = startDemo(t, DEMO, '--inspect', '--seconds', '600');
  const page = new WatchingPage(await watchedAt(demo));
  await page.sees((records) =>
    ['world', 'moved'].every((procedure) =>
      (['notification', 'handler'] as const).every((type) =>
        records.some((record) => record.type === type && record.procedure === procedure),
      ),
    ),
  );
  demo.kill('SIGINT');
  await demo.printed(/^The page stays open until Ctrl-C\.$/m);
  t.match(await demo.ended(), { exitCode: 130, stderr: '' });
});

t.test('--metrics serves what its endpoints do, for as long as it plays', async (t) => {
  const demo = startDemo(t, DEMO, '--metrics', '0', '--seconds', '600');
  const [, url = ''] = await demo.printed(/^Metrics at (\S+)\n/m);
  await demo.printed(/^ +1 +50 /m);
  const series = readExposition(await (await fetch(url)).text());
  t.equal(sumOf(series, 'rpcudp_requests_total', { endpoint: 'arena', ending: 'replied' }), 50);
  for (const endpoint of ['arena', 'slow', 'p1']) {
    t.ok(sumOf(series, 'rpcudp_frames_received_total', { endpoint }) > 0, endpoint);
  }
  t.equal((await fetch(new URL('/', url))).status, 404);
  demo.kill('SIGINT');
  t.match(await demo.ended(), { exitCode: 130, stderr: '' });
});
