import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import t from 'tap';
import { WatchingPage } from '../fixtures/inspector-client.js';

// Real processes, each of which must load TypeScript.
t.setTimeout(180_000);

for (const [demo, procedure] of [
  ['hello/main.ts', 'sayhi'],
  ['machine/main.ts', 'greet'],
  ['cluster/main.ts', 'whoServes'],
] as const) {
  t.test(`demos/${demo} --inspect shows its calls, until Ctrl-C`, async (t) => {
    const words = ['--import', 'tsx', `demos/${demo}`, '--inspect'];
    const { NODE_OPTIONS, ...env } = process.env;
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    t.teardown(() => child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    let url = '';
    for await (const line of createInterface(child.stdout)) {
      url = /^Watch at (\S+)$/.exec(line)?.[1] ?? url;
      if (line === 'The page stays open until Ctrl-C.') break;
    }
    const page = new WatchingPage(url);
    await page.sees((records) =>
      (['call', 'handler'] as const).every((kind) =>
        records.some((record) => record.type === kind && record.procedure === procedure),
      ),
    );
    child.kill('SIGINT');
    await exited;
    t.pass('it ended');
  });
}
