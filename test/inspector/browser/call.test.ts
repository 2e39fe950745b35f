import t from 'tap';
import { lossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

t.test('A call, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const { client, url, link } = await lossyPair(t);
  const visitor = await Visitor.visit(t, browser, url);
  const { page } = visitor;
  await client.tell({ type: 'start', periodMs: 40 });
  for (const state of ['resolved', 'rejected', 'timedOut', 'late']) await visitor.sees(state);

  await t.test('a time-out says why in words, and highlights its state', async (t) => {
    await visitor.search('peer:127.0.0.1:9');
    await visitor.openOne('timedOut', 'verdict', /^Timed out: nothing was heard from the peer/);
    const chart = visitor.at('call').getByTestId('chart');
    const current = await chart.getAttribute('data-current');
    t.match(current, /^(timedOut|lost)$/, 'lost, once no late answer is waited for');
    t.equal(
      await chart.locator('[data-testid="chart-state"][data-current="true"]').count(),
      1,
      'one state is lit',
    );
    t.equal(await visitor.at('copy-command').count(), 1);
    await visitor.show('calls');
  });

  await t.test('a late answer is shown with the timelines of both ends', async (t) => {
    await visitor.search('procedure:report');
    await visitor.openOne('late', 'value-outcome', /"peerAliveButSlow"/);
    await visitor.reads('verdict', /^Timed out: .+\. Its answer came [\d.]+ m?s too late\.$/);
    t.equal(await visitor.at('call').getAttribute('data-state'), 'late');
    t.equal(await visitor.at('call').getByTestId('chart').getAttribute('data-current'), 'late');
    const story = page.locator('[data-testid="timeline"][data-kind="call"]');
    await story.getByText('timed out', { exact: true }).first().waitFor();
    await story.getByText('late answer').waitFor();
    const other = visitor.at('other-end');
    await other.getByText('procedure started').waitFor();
    await other.locator('[data-testid="moment"][data-state="replied"]').first().waitFor();
  });

  await t.test('the path in the chart has the same numbers as the timeline', async (t) => {
    const story = page.locator('[data-testid="timeline"][data-kind="call"]');
    const steps = await story.locator('.moment-step').allTextContents();
    t.strictSame(
      steps,
      steps.map((_, index) => (index === 0 ? '' : `${index}`)),
      'moments are numbered',
    );
    const edges = page.locator('[data-testid="chart-edge"]');
    const taken = new Map<string, string>();
    for (const edge of await edges.all()) {
      const numbers = (await edge.getAttribute('data-taken')) ?? '';
      const from = (await edge.getAttribute('data-from')) ?? '';
      const to = (await edge.getAttribute('data-to')) ?? '';
      if (numbers !== '') taken.set(`${from} ${to}`, numbers);
    }
    t.equal(taken.get('queued sent'), '1');
    t.match(taken.get('timedOut late'), /\d$/);
  });

  await t.test('its datagrams are decoded', async (t) => {
    const request = page
      .locator('[data-testid="datagram"][data-direction="out"][data-type="request"]')
      .first();
    await request.locator('button').first().click();
    const decoded = request.getByTestId('decoded');
    await decoded.locator('.field-detail').filter({ hasText: 'report' }).first().waitFor();
    t.match(await decoded.locator('.hex').textContent(), /^0000 {2}[\da-f]{2} /);
    t.ok((await decoded.getByTestId('field').count()) > 3, 'field by field');
    const answer = page
      .locator('[data-testid="datagram"][data-direction="in"][data-type="response"]')
      .first();
    await answer.locator('button').first().click();
    await answer.locator('.field-detail').filter({ hasText: 'All is well' }).first().waitFor();
    t.equal(await visitor.at('decoded').count(), 1, 'one is open at a time');
  });

  await t.test('arguments, value and error are shown', async (t) => {
    await visitor.reads('value-arguments', /^\[\]$/);
    await visitor.reads('value-value', /"All is well"/);
    await visitor.reads('value-outcome', /"peerAliveButSlow"/);
    await visitor.show('calls');
    await visitor.search('procedure:find');
    await visitor.open('rejected');
    await visitor.reads('value-arguments', /8/);
    await visitor.reads('value-outcome', /noSuchUser/);
    await Promise.all([
      visitor.flashes('copy-arguments', /^copied$/),
      visitor.at('copy-arguments').click(),
    ]);
    t.equal(await clipboard(visitor), '[\n  8\n]', 'as JSON');
  });

  await t.test('a call is copied as a command that repeats it, and by its id', async (t) => {
    await Promise.all([
      visitor.flashes('copy-command', /^copied$/),
      visitor.at('copy-command').click(),
    ]);
    const command = await clipboard(visitor);
    t.match(command, new RegExp(`^npx rpcudp call ${link} --timeout 2000 find 8$`));
    await Promise.all([visitor.flashes('copy-id', /^copied$/), visitor.at('copy-id').click()]);
    t.match(await clipboard(visitor), /^[\da-f]{40}$/);
  });

  await t.test('a call that was sent again shows each attempt', async (t) => {
    await visitor.show('calls');
    await visitor.search('');
    await visitor.at('filter-repeated').click();
    await visitor.open('resolved');
    const story = page.locator('[data-testid="timeline"][data-kind="call"]');
    await story.getByText('request sent again, attempt 2').waitFor();
    const requests = page.locator(
      '[data-testid="datagram"][data-direction="out"][data-type="request"]',
    );
    t.ok((await requests.count()) >= 2, 'each attempt is a datagram');
    await visitor.at('open-sequence').click();
    await visitor.at('main-sequence').waitFor();
    await page
      .locator('[data-testid="arrow"][data-type="request"][data-repetition="retransmission"]')
      .first()
      .waitFor();
    const ids = await page.evaluate<string[]>(TRANSACTIONS);
    t.ok(ids.length > 1);
    t.equal(new Set(ids).size, 1, 'of this call alone');
  });

  t.strictSame(visitor.complaints, []);
});

/** Runs in the page. Returns the transaction of each arrow. */
const TRANSACTIONS = `[...document.querySelectorAll('[data-testid="arrow"]')]
  .map(({ dataset }) => dataset.transaction ?? 'none')`;

async function clipboard({ page }: Visitor): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()');
}
