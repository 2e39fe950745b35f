import type { EndpointStats } from 'rpcudp';
import t from 'tap';
import { lossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

const PERIOD_MS = 40;
/** In the order of their keys. */
const VIEWS = [
  ...['overview', 'calls', 'call', 'sequence', 'topology', 'peers'],
  ...['datagrams', 'machines', 'fates'],
];

t.test('Calls, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const pair = await lossyPair(t);
  const { client, server, url } = pair;
  const visitor = await Visitor.visit(t, browser, url);
  const { page } = visitor;
  await client.tell({ type: 'start', periodMs: PERIOD_MS });

  await t.test('calls change their state, and end in every possible way', async (t) => {
    for (const state of ['resolved', 'rejected', 'timedOut', 'late']) await visitor.sees(state);
    await page.locator('[data-testid="call-row"] .again').first().waitFor();
    await page.locator('[data-testid="endpoint"][data-condition="live"]').nth(1).waitFor();
    await visitor.reads('endpoint', /client.*[1-9][\d.]* calls\/s/);
    await visitor.reads('connection', /^connected$/);
    t.equal(await visitor.at('sampled').count(), 0, 'all calls are shown');
  });

  await client.tell({ type: 'stop' });
  await visitor.settles();

  await t.test('the number of calls with each outcome is what the endpoints report', async (t) => {
    const { outcomes } = await client.stats();
    t.ok(outcomes.resolved > 0 && outcomes.rejected > 0 && outcomes.timedOut > 0);
    await visitor.agrees(
      t,
      () => visitor.outcomes(),
      async () => (await client.stats()).outcomes,
      'outcomes of calls',
    );
    await visitor.agrees(
      t,
      () => visitor.listed(),
      async () => made(await client.stats()),
      'calls listed',
    );
  });

  await t.test('requests are listed by their endings', async (t) => {
    await visitor.at('kind-handler').click();
    await visitor.agrees(
      t,
      async () => ({
        replied: await visitor.countOf('replied'),
        failed: await visitor.countOf('failed'),
        refused: await visitor.countOf('refused'),
      }),
      async () => {
        const { requests } = await server.stats();
        // On a busy machine the time of a request may pass before it arrives, or before its
        // procedure ends.
        const { replied, failed, timedOut, unknownProcedure, deadlinePassed } = requests;
        return { replied, failed: failed + timedOut, refused: unknownProcedure + deadlinePassed };
      },
      'requests by ending',
    );
    await visitor.at('kind-all').click();
    t.equal(await visitor.listed(), made(await client.stats()), 'a call and its request are one');
  });

  await t.test('filters list what they say, and nothing else', async (t) => {
    const all = await visitor.listed();
    await visitor.at('state-rejected').click();
    t.equal(await visitor.listed(), (await client.stats()).outcomes.rejected);
    t.equal(await visitor.rows().count(), await visitor.rows('rejected').count());
    await visitor.search('state:rejected procedure:find');
    t.equal(await visitor.at('state-rejected').getAttribute('aria-pressed'), 'true');
    const found = await visitor.listed();
    t.ok(found > 0 && found < all);
    await visitor.reads('listed', new RegExp(`^${found} listed$`));
    await page
      .locator('.note')
      .filter({ hasText: 'noSuchUser: There is no user 8' })
      .first()
      .waitFor();
    await visitor.at('filter-clear').click();
    t.equal(await visitor.listed(), all);

    await visitor.search('peer:127.0.0.1:9');
    t.equal(await visitor.rows('resolved').count(), 0);
    t.ok((await visitor.rows('timedOut').count()) + (await visitor.rows('lost').count()) > 0);
    await visitor.search('');

    await visitor.at('filter-repeated').click();
    const repeated = await visitor.listed();
    t.ok(repeated > 0 && repeated < all);
    t.equal(await visitor.rows().count(), await page.locator('.again.num').count());
    await visitor.at('filter-repeated').click();
  });

  await t.test('a search finds procedures, arguments, outcomes and ids', async (t) => {
    const search = visitor.at('search');
    await page.keyboard.press('/');
    await search.and(page.locator(':focus')).waitFor();
    await page.keyboard.type('plissken hello');
    await visitor.rows('resolved').first().waitFor();
    const id = await visitor.rows().first().getAttribute('data-transaction');
    const found = await visitor.listed();
    t.ok(found > 0);
    t.ok(found < made(await client.stats()));
    await search.fill(id ?? '');
    t.equal(await visitor.listed(), 1);
    await search.fill('nothing has this in it');
    await page.getByText('Nothing matches the search.').waitFor();
    await visitor.search('');
  });

  await t.test('everything can be done with the keyboard', async (t) => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.locator('[data-testid="call-row"][aria-selected="true"]').waitFor();
    const chosen = page.locator('[data-testid="call-row"][aria-selected="true"]');
    t.equal(await chosen.count(), 1);
    const state = await chosen.getAttribute('data-state');
    await page.keyboard.press('Enter');
    await visitor.at('call').waitFor();
    t.equal(await visitor.at('call').getAttribute('data-state'), state);
    await page.keyboard.press('Escape');
    for (const [index, view] of VIEWS.entries()) {
      await page.keyboard.press(String(index + 1));
      await visitor.at(`main-${view}`).waitFor();
      t.equal(await visitor.at(`view-${view}`).getAttribute('aria-current'), 'page', view);
    }
    await page.keyboard.press('?');
    await visitor.at('help-overlay').waitFor();
    await page.keyboard.press('Escape');
    await visitor.at('help-overlay').waitFor({ state: 'detached' });
    await page.keyboard.press('2');
  });

  t.strictSame(visitor.complaints, []);
});

/** How many calls an endpoint has made. */
function made({ outcomes, queuedNow, inFlightNow }: EndpointStats): number {
  const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return ended + queuedNow + inFlightNow;
}
