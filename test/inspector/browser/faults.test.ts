import type { Browser } from 'playwright-core';
import t from 'tap';
import type { Test } from 'tap';
import { startHub } from './hub-process.js';
import type { HubProcess } from './hub-process.js';
import { lossyPair } from './lossy-pair.js';
import type { LossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

interface Scene extends LossyPair {
  readonly hub: HubProcess;
  readonly visitor: Visitor;
}

/** Both endpoints feed a hub in a separate process. A page shows that they have made calls. */
async function scene(t: Test, browser: Browser): Promise<Scene> {
  const hub = await startHub(t);
  const pair = await lossyPair(t, { url: hub.url, loss: 0 });
  const visitor = await Visitor.visit(t, browser, hub.url);
  await resolves(t, pair);
  await visitor.sees('resolved');
  await visitor.page.locator('[data-testid="endpoint"][data-condition="live"]').nth(1).waitFor();
  return { ...pair, hub, visitor };
}

async function resolves(t: Test, { client }: LossyPair): Promise<void> {
  t.equal(await client.tell({ type: 'call', procedure: 'find', args: [7] }), 'resolved');
}

/** Checks what the page shows of an endpoint. */
async function isCalled(visitor: Visitor, name: string, condition: string, words: RegExp) {
  const endpoint = visitor.page
    .locator(`[data-testid="endpoint"][data-condition="${condition}"]`)
    .filter({ hasText: name });
  await endpoint.filter({ hasText: words }).waitFor();
}

t.test('What ends harms nothing else', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);

  await t.test('first a page, then an endpoint, then the hub', async (t) => {
    const { client, hub, visitor, ...rest } = await scene(t, browser);
    const other = await Visitor.visit(t, browser, hub.url);
    await other.sees('resolved');
    await crash(other);
    await resolves(t, { client, ...rest });
    await visitor.agrees(
      t,
      () => visitor.countOf('resolved'),
      async () => 2,
      'calls resolved',
    );

    await rest.server.kill();
    await isCalled(visitor, 'server', 'lost', /feed lost/);
    await isCalled(visitor, 'client', 'live', /live/);
    const state = await client.tell({ type: 'call', procedure: 'find', args: [7] });
    t.equal(state, 'timedOut', 'the client goes on');
    await visitor.agrees(
      t,
      async () => (await visitor.outcomes())['timedOut'],
      async () => 1,
      'calls timed out',
    );

    await hub.kill();
    await visitor.reads('connection', /^not connected since [\d:.]+; trying again$/);
    t.equal((await client.stats()).outcomes.timedOut, 1, 'the client is there');
    await client.tell({ type: 'call', procedure: 'find', args: [7] });
    await visitor.open('resolved');
    await visitor.at('datagram').locator('button').first().click();
    await visitor.reads('decoded', /The server that explains bytes cannot be reached/);
    t.strictSame(visitor.complaints, []);
  });

  await t.test('first the hub, then an endpoint, then a page', async (t) => {
    const { client, server, hub, visitor, ...rest } = await scene(t, browser);
    await hub.kill();
    await visitor.reads('connection', /^not connected since [\d:.]+; trying again$/);
    await resolves(t, { client, server, ...rest });
    await client.kill();
    t.equal((await server.stats()).requests.replied, 2, 'the server is there');
    t.equal(await visitor.countOf('resolved'), 1, 'the page shows what it knew');
    await crash(visitor);
    t.equal((await server.stats()).runningNow, 0);
  });

  await t.test('first an endpoint, then a page, then the hub', async (t) => {
    const { client, server, hub, visitor } = await scene(t, browser);
    await client.kill();
    await isCalled(visitor, 'client', 'lost', /feed lost/);
    await isCalled(visitor, 'server', 'live', /live/);
    await crash(visitor);
    const next = await Visitor.visit(t, browser, hub.url);
    await isCalled(next, 'client', 'lost', /feed lost/);
    t.equal(await next.countOf('resolved'), 1, 'a late visitor sees what happened');
    await hub.kill();
    await next.reads('connection', /^not connected since [\d:.]+; trying again$/);
    t.equal((await server.stats()).requests.replied, 1, 'the server is there');
    t.strictSame(next.complaints, []);
  });

  await t.test(
    'while the hub is gone nothing looks current, and then all of it is there',
    async (t) => {
      const { client, hub, visitor, ...rest } = await scene(t, browser);
      const { page } = visitor;
      t.equal(await page.locator('.rates').count(), 2);
      await hub.kill();
      await visitor.reads('gone-notice', /does not answer.*nothing here is current/);
      await isCalled(visitor, 'server', 'stale', /not current/);
      t.equal(await page.locator('.rates').count(), 0);
      t.equal(await page.locator('main').getAttribute('data-feed'), 'gone');
      await rest.server.kill();
      await client.tell({ type: 'call', procedure: 'find', args: [7] });

      await startHub(t, hub.url);
      await visitor.at('gone-notice').waitFor({ state: 'detached' });
      await visitor.reads('connection', /^connected$/);
      await isCalled(visitor, 'client', 'live', /live/);
      await isCalled(visitor, 'server', 'lost', /feed lost/);
      await visitor.agrees(
        t,
        async () => [await visitor.countOf('resolved'), (await visitor.outcomes())['timedOut']],
        async () => [1, 1],
        'what it had, and what has come meanwhile',
      );
      await visitor.at('kind-handler').click();
      await visitor.agrees(
        t,
        () => visitor.listed(),
        async () => 1,
        'what the server told the first hub',
      );
      t.strictSame(visitor.complaints, []);
    },
  );

  await t.test('an endpoint that closes is shown as closed, not lost', async (t) => {
    const { client, visitor } = await scene(t, browser);
    await client.tell({ type: 'close' });
    await isCalled(visitor, 'client', 'closed', /closed/);
    t.equal(await visitor.countOf('resolved'), 1);
    t.strictSame(visitor.complaints, []);
  });
});

/** Kills the process that draws the page. */
async function crash({ page }: Visitor): Promise<void> {
  const crashed = page.waitForEvent('crash');
  await page.goto('chrome://crash').catch(() => undefined);
  await crashed;
}
