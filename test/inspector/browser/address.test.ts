import { createEndpoint } from 'rpcudp';
import { serveInspector } from 'rpcudp/inspector';
import t from 'tap';
import type { Test } from 'tap';
import { recordedPage } from './recorded-page.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

t.test('Addresses, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);

  await t.test('an empty page gives the command that feeds it', async (t) => {
    const inspector = await serveInspector();
    t.teardown(() => inspector.close());
    const visitor = await Visitor.visit(t, browser, inspector.url);
    t.equal(
      await visitor.at('feed-serve').getAttribute('title'),
      `npx rpcudp serve ./handlers.js --inspect ${inspector.url}`,
    );
    t.strictSame(visitor.complaints, []);
  });

  await t.test('an endpoint without calls gives the command that calls it', async (t) => {
    const endpoint = await createEndpoint({ host: '127.0.0.1' });
    t.teardown(() => endpoint.close());
    const inspector = await serveInspector([endpoint]);
    t.teardown(() => inspector.close());
    const visitor = await Visitor.visit(t, browser, inspector.url);
    t.equal(
      await visitor.at('feed-call').getAttribute('title'),
      `npx rpcudp call 127.0.0.1:${endpoint.address.port} ping --inspect ${inspector.url}`,
    );
  });

  await t.test('a server alone shows its requests', async (t) => {
    const url = await recordedPage(t, ({ endpoint }) => endpoint === 'server');
    const visitor = await Visitor.visit(t, browser, url);
    await visitor.rows('replied').first().waitFor();
    t.equal(await visitor.at('kind-all').getAttribute('aria-pressed'), 'true');
    await isTitled(t, visitor, /^[\d.]+ % of requests failed · Calls · rpcudp$/);
  });

  await t.test(
    'a reload is where it was, Back goes back, and others can be given it',
    async (t) => {
      const url = await recordedPage(t);
      const visitor = await Visitor.visit(t, browser, url);
      const { page } = visitor;
      const address = () => page.url().slice(url.length);
      await visitor.at('state-rejected').click();
      await visitor.at('sort-procedure').click();
      t.equal(address(), '#calls?search=state:rejected&sort=procedure');
      const id = await visitor.rows('rejected').first().getAttribute('data-transaction');
      await visitor.rows('rejected').first().click();
      await visitor.at('call').waitFor();
      t.match(
        address(),
        new RegExp(`^#call\\?search=state:rejected&call=${id}\\.\\d+\\.client&sort`),
      );
      await isTitled(t, visitor, /^[\d.]+ % of calls failed · \w+ rejected · rpcudp$/);

      await page.reload();
      await visitor.at('call').waitFor();
      t.equal(await visitor.at('copy-id').getAttribute('title'), id);
      const other = await Visitor.visit(t, browser, page.url());
      await other.at('call').waitFor();
      t.equal(await other.at('copy-id').getAttribute('title'), id);
      t.strictSame(other.complaints, []);

      await page.goBack();
      await visitor.at('main-calls').waitFor();
      t.equal(await visitor.rows().count(), await visitor.rows('rejected').count());
      await page.goBack();
      await page.goBack();
      t.equal(await visitor.at('search').inputValue(), '');
      t.equal(address(), '#calls');
      await page.goForward();
      t.equal(await visitor.at('search').inputValue(), 'state:rejected');

      await page.keyboard.press('/');
      await visitor.at('search').and(page.locator(':focus')).waitFor();
      await page.keyboard.type(' snake');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      t.equal(address(), '#calls?search=state:rejected+snake');
      await page.goBack();
      t.equal(address(), '#calls?search=state:rejected', 'what was typed is one step');

      await visitor.show('peers');
      await visitor.at('peer').first().click();
      const peer = await visitor.at('peer').first().getAttribute('data-peer');
      t.match(address(), new RegExp(`&peer=\\w+\\+${peer}`));
      await page.reload();
      t.equal(await visitor.at('peer').first().getAttribute('aria-selected'), 'true');
      await isTitled(t, visitor, new RegExp(` · ${peer} · `));
      t.strictSame(visitor.complaints, []);
    },
  );

  await t.test('a range of time and endpoints are in the address', async (t) => {
    const url = await recordedPage(t);
    const fromMs = Date.UTC(2026, 10, 23, 12);
    const visitor = await Visitor.visit(
      t,
      browser,
      `${url}#calls?time=${fromMs}-${fromMs + 300}&on=server`,
    );
    await visitor.rows().first().waitFor();
    t.equal(
      await visitor.rows().count(),
      await visitor.page.locator('[data-kind="handler"]').count(),
    );
    await visitor.reads('time-range', /, 300 ms/);
    const listed = await visitor.listed();
    await visitor.at('time-range').click();
    t.ok((await visitor.listed()) > listed);
    t.match(visitor.page.url(), /#calls\?on=server$/);
    await visitor.at('filter-clear').click();
    t.match(visitor.page.url(), /#calls$/);
  });

  await t.test('times are local, in UTC, or how long ago, with their date', async (t) => {
    const visitor = await Visitor.visit(t, browser, await recordedPage(t));
    await visitor.open('resolved');
    const time = visitor.at('call').locator('.call-line time');
    t.match(await time.textContent(), /^(2026-11-2\d )?\d\d:\d\d:\d\d\.\d{3}$/);
    await visitor.at('times').click();
    t.match(await time.textContent(), /^(2026-11-23 )?12:00:\d\d\.\d{3}Z$/);
    await visitor.at('times').click();
    t.match(await time.textContent(), /\d \w+ ago$|^in \d|^now$/);
    await visitor.page.reload();
    t.match(await time.textContent(), /\d \w+ ago$|^in \d|^now$/, 'and it stays so');
  });
});

/** Counts may come after the rows, so the title follows. */
async function isTitled(t: Test, visitor: Visitor, words: RegExp): Promise<void> {
  await visitor.agrees(
    t,
    async () => words.test(await visitor.page.title()),
    async () => true,
    `a title like ${words.source}`,
  );
}
