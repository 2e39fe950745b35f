import t from 'tap';
import { WatchingPage } from '../fixtures/inspector-client.js';
import { startDemo, watchedAt } from './start-demo.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

for (const [demo, procedure] of [
  ['hello/main.ts', 'sayhi'],
  ['machine/main.ts', 'greet'],
  ['cluster/main.ts', 'whoServes'],
] as const) {
  t.test(`demos/${demo} --inspect ends on SIGTERM`, async (t) => {
    const started = startDemo(t, demo, '--inspect');
    await started.printed(/^The page stays open until Ctrl-C\.\n/m);
    started.kill('SIGTERM');
    const { exitCode, stderr } = await started.ended();
    t.ok(exitCode !== null, 'by itself, not by the signal');
    t.equal(stderr, '');
  });

  t.test(`demos/${demo} --inspect shows its calls, until Ctrl-C`, async (t) => {
    const started = startDemo(t, demo, '--inspect');
    const url = await watchedAt(started);
    await started.printed(/^The page stays open until Ctrl-C\.\n/m);
    const page = new WatchingPage(url);
    await page.sees((records) =>
      (['call', 'handler'] as const).every((kind) =>
        records.some((record) => record.type === kind && record.procedure === procedure),
      ),
    );
    started.kill('SIGINT');
    await started.ended();
    t.pass('it ended');
  });
}
