import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { lossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

t.test('Recordings, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const { client, url } = await lossyPair(t);
  const visitor = await Visitor.visit(t, browser, url);
  const { page } = visitor;
  await client.tell({ type: 'start', periodMs: 40 });
  for (const state of ['resolved', 'rejected', 'timedOut']) await visitor.sees(state);

  await t.test('paused it stands still, a step applies one batch, and it catches up', async (t) => {
    await page.keyboard.press(' ');
    await visitor.reads('paused', /^paused/);
    const before = await visitor.listed();
    const words = await visitor.at('main-calls').textContent();
    await visitor.reads('paused', /^paused, ([5-9]|\d\d+) batches/);
    t.equal(await visitor.listed(), before, 'nothing moves');
    t.equal(await visitor.at('main-calls').textContent(), words, 'of all that is shown');
    // A batch may belong to calls that are known already.
    for (let steps = 0; (await visitor.listed()) === before; steps += 1) {
      if (steps % 2 === 0) await page.keyboard.press('.');
      else await visitor.at('step').click();
    }
    const stepped = await visitor.listed();
    t.ok(stepped > before, 'it moves step by step');
    t.equal(await visitor.at('pause').getAttribute('aria-pressed'), 'true');
    await client.tell({ type: 'stop' });
    await visitor.at('pause').click();
    await visitor.at('paused').waitFor({ state: 'detached' });
    await visitor.agrees(
      t,
      () => visitor.outcomes(),
      async () => (await client.stats()).outcomes,
      'outcomes, all caught up',
    );
  });

  const shown = await visitor.outcomes();
  const file = join(t.testdir(), 'exported.rpcudp.jsonl');

  await t.test('an exported recording shows the same when it is opened', async (t) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      visitor.at('export').click(),
    ]);
    t.match(download.suggestedFilename(), /^[\dT-]+\.rpcudp\.jsonl$/);
    await download.saveAs(file);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    t.ok(lines.every((line) => typeof JSON.parse(line) === 'object'));
    await visitor.at('clear').click();
    t.equal(await visitor.listed(), 0, 'what is shown next comes from the file');
    await visitor.at('file').setInputFiles(file);
    await hasRead(visitor, basename(file));
    t.strictSame(await visitor.outcomes(), shown, 'outcomes');
    await visitor.open('rejected');
    await visitor.at('datagram').first().waitFor();
    await visitor.show('calls');
  });

  await t.test('back to live, it shows everything once', async (t) => {
    await visitor.at('back-to-live').click();
    await visitor.at('recording-notice').waitFor({ state: 'detached' });
    await visitor.reads('connection', /^connected$/);
    await visitor.search('');
    await visitor.agrees(
      t,
      () => visitor.outcomes(),
      async () => shown,
      'outcomes',
    );
  });

  await t.test('after clearing it is empty, and shows what comes later', async (t) => {
    await visitor.at('clear').click();
    await page.getByText('No calls yet.').waitFor();
    t.equal(await visitor.listed(), 0);
    t.equal(await visitor.at('endpoint').count(), 2, 'endpoints that are open stay');
    // Over this link any call may time out.
    let made = 0;
    let state: string | undefined;
    for (; state !== 'rejected' && made < 20; made += 1) {
      state = await client.tell({ type: 'call', procedure: 'find', args: [8] });
    }
    await visitor.sees('rejected');
    t.equal(await visitor.listed(), made);
  });

  await t.test('a recording that is dropped on the page is opened', async (t) => {
    await drop(visitor, readFileSync(file, 'utf8'), 'dropped.rpcudp.jsonl');
    await hasRead(visitor, 'dropped.rpcudp.jsonl');
    t.strictSame(await visitor.outcomes(), shown, 'outcomes');
  });

  await t.test('a file that is not a recording is refused in words', async () => {
    await drop(visitor, 'Call me Snake.\n', 'novel.txt');
    await visitor.reads('problem', /novel\.txt has no records of an inspector/);
    await visitor.at('back-to-live').click();
    await visitor.sees('rejected');
  });

  await t.test('a second page and a reloaded page show the same', async (t) => {
    const late = await Visitor.visit(t, browser, url);
    await page.reload();
    for (const one of [late, visitor]) {
      await one.agrees(
        t,
        () => one.outcomes(),
        async () => (await client.stats()).outcomes,
        'outcomes',
      );
    }
    t.strictSame(late.complaints, []);
  });

  t.strictSame(visitor.complaints, []);
});

/** Waits until the page says that it shows the whole recording. */
async function hasRead(visitor: Visitor, name: string): Promise<void> {
  await visitor.reads('recording-notice', new RegExp(`Recording ${name}(?!, \\d+ % read)`));
}

/** Drops a file on the page, as a file manager does. */
async function drop({ page }: Visitor, text: string, name: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    `(() => {
      const carried = new DataTransfer();
      carried.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
      return carried;
    })()`,
  );
  for (const type of ['dragover', 'drop']) {
    await page.locator('.app').dispatchEvent(type, { dataTransfer });
  }
}
