import t from 'tap';
import { recordedPage } from './recorded-page.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

t.test('Search, order and groups, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const visitor = await Visitor.visit(t, browser, await recordedPage(t));
  const { page } = visitor;
  const search = visitor.at('search');
  await visitor.sees('resolved');
  await visitor.page.locator('main:not([data-feed="catchingUp"])').waitFor();
  const all = await visitor.listed();

  await t.test('a search is completed with the keyboard', async (t) => {
    await page.keyboard.press('/');
    await search.and(page.locator(':focus')).waitFor();
    await page.keyboard.type('proc');
    await visitor.at('completion').filter({ hasText: 'procedure:' }).waitFor();
    await page.keyboard.press('Tab');
    t.equal(await search.inputValue(), 'procedure:');
    await page.keyboard.type('find');
    await page.keyboard.press('ArrowDown');
    const chosen = page.locator('[data-testid="completion"][aria-selected="true"]');
    t.equal(await search.getAttribute('aria-activedescendant'), await chosen.getAttribute('id'));
    await page.keyboard.press('Enter');
    t.equal(await search.inputValue(), 'procedure:find_node ');
    const found = await visitor.listed();
    t.ok(found > 0 && found < all);
    await page.keyboard.type('rtt:>');
    await visitor.reads('search-problems', /rtt is compared as/);
    t.equal(await visitor.listed(), found, 'what cannot be read leaves nothing out');
    await page.keyboard.type('100ms');
    t.ok((await visitor.listed()) < found);
    t.equal(await visitor.at('search-problems').textContent(), '');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await visitor.at('filter-clear').click();
    t.equal(await visitor.listed(), all);
  });

  await t.test('a click on a value adds it; with Shift it is left out', async (t) => {
    const row = visitor.rows('rejected').first();
    await visitor.at('state-rejected').click();
    const rejected = await visitor.listed();
    await row.locator('.procedure').hover();
    await row.locator('[data-field="procedure"]').click();
    const procedure = (await row.locator('.procedure .cut').textContent()) ?? '';
    t.equal(await search.inputValue(), `state:rejected procedure:${procedure}`);
    const found = await visitor.listed();
    t.ok(found < rejected);
    await row.locator('.procedure').hover();
    await row.locator('[data-field="procedure"]').click({ modifiers: ['Shift'] });
    t.equal(await search.inputValue(), `state:rejected -procedure:${procedure}`);
    t.equal(await visitor.listed(), rejected - found);

    await row.click();
    await visitor.at('main-call').waitFor();
    const opened = visitor.at('call').getByTestId('search-value');
    await opened.and(page.locator('[data-field="endpoint"]')).click();
    await visitor.at('main-calls').waitFor();
    t.match(await search.inputValue(), / endpoint:client$/);
    await visitor.search('');
  });

  await t.test('each column sorts, and turns round', async (t) => {
    const times = () => page.locator('[data-testid="call-row"] > :nth-child(8)').allTextContents();
    await visitor.search('state:resolved');
    await visitor.at('sort-time').click();
    const slowest = await times();
    t.equal(await page.locator('[aria-sort]').getAttribute('aria-sort'), 'descending');
    await visitor.at('sort-time').click();
    const fastest = await times();
    t.equal(await page.locator('[aria-sort]').getAttribute('aria-sort'), 'ascending');
    t.match(slowest[0], /^1\d\d ms$/);
    t.match(fastest[0], /^\d\.\d\d ms$/);
    for (const column of ['id', 'endpoint', 'kind', 'peer', 'procedure', 'state', 'attempts']) {
      await visitor.at(`sort-${column}`).click();
      await page
        .locator(`[aria-sort]`)
        .filter({ has: visitor.at(`sort-${column}`) })
        .waitFor();
    }
    await visitor.at('sort-age').click();
    await visitor.search('');
  });

  await t.test('groups say how many have failed, and open', async (t) => {
    await visitor.at('group').selectOption('procedure');
    const groups = visitor.at('group-row');
    await groups.first().waitFor();
    t.equal(await visitor.rows().count(), 0, 'they are closed');
    let sum = 0;
    const failures: number[] = [];
    for (const group of await groups.all()) {
      sum += Number(await group.getAttribute('data-count'));
      failures.push(Number(await group.getAttribute('data-failed')));
    }
    t.equal(sum, all);
    t.strictSame(
      failures,
      failures.toSorted((a, b) => b - a),
      'most failures first',
    );
    const first = groups.first();
    await first.getByRole('button').click();
    await visitor.rows().first().waitFor();
    t.equal(await first.getByRole('button').getAttribute('aria-expanded'), 'true');
    await visitor.at('group').selectOption('');
  });

  t.strictSame(visitor.complaints, []);
});
