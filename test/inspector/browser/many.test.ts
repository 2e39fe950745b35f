import t from 'tap';
import { serveInspector } from 'rpcudp/inspector';
import { recordLines } from '../../../src/inspector/page/store/recording.js';
import { chromium } from '../../fixtures/real-parts.js';
import { manyRecords, PEERS, SILENT } from './many-records.js';
import { startBrowser, Visitor } from './visitor.js';

t.setTimeout(240_000);

/** Whether what has the focus is within the part of the page that scrolls. */
const IN_SIGHT = `(() => {
  const { activeElement } = document;
  const room = activeElement.closest('.topology-picture, .sequence-scroller').getBoundingClientRect();
  const { top, bottom, left, right } = activeElement.getBoundingClientRect();
  return top < room.bottom && bottom > room.top && left < room.right && right > room.left;
})()`;

t.test('Many endpoints and peers, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const inspector = await serveInspector();
  t.teardown(() => inspector.close());
  const visitor = await Visitor.visit(t, browser, inspector.url);
  const { page } = visitor;
  const name = 'many.rpcudp.jsonl';
  const buffer = Buffer.from(recordLines(manyRecords()));
  await visitor.at('file').setInputFiles({ name, mimeType: 'application/x-ndjson', buffer });
  await visitor.reads('recording-notice', /Recording many\.rpcudp\.jsonl(?!, \d+ % read)/);

  const pick = async (...keys: string[]): Promise<void> => {
    await visitor.at('endpoint-picker').click();
    for (const key of keys) await page.locator(`[data-endpoint="${key}"][type="checkbox"]`).click();
    await page.keyboard.press('Escape');
    await visitor.at('endpoint-choices').waitFor({ state: 'detached' });
  };
  const focused = (attribute: string) =>
    page.evaluate<string | null>(`document.activeElement.getAttribute('${attribute}')`);

  /** An attribute of everything with this test id. */
  const all = (testId: string, attribute: string) =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll('[data-testid="${testId}"]')]
        .map((one) => one.getAttribute('${attribute}'))`,
    );

  await t.test('the topology shows who calls whom, and what is wrong', async (t) => {
    await visitor.show('topology');
    await page.locator('[data-testid="topology-picture"][data-settled="true"]').waitFor();
    t.equal(await visitor.at('topology-node').count(), 200);
    t.strictSame((await all('topology-link"][data-trouble="bad', 'data-to')).sort(), [
      `peer ${SILENT}`,
      'store',
      'store',
    ]);
    t.match(await visitor.at('topology-size').textContent(), /quiet peers left out/);
    const places = () => all('topology-node', 'transform');
    const before = await places();
    await visitor.show('calls');
    await visitor.show('topology');
    await page.locator('[data-testid="topology-picture"][data-settled="true"]').waitFor();
    t.strictSame(await places(), before, 'nothing moves');
  });

  await t.test('keys move from node to node, and the details follow', async (t) => {
    const node = page.locator('[data-testid="topology-node"][data-node="gateway"]');
    await node.focus();
    await page.locator('[data-testid="topology-detail"][data-node="gateway"]').waitFor();
    await page.keyboard.press('ArrowRight');
    const next = await focused('data-node');
    t.not(next, 'gateway');
    await page.locator(`[data-testid="topology-detail"][data-node="${next ?? ''}"]`).waitFor();
    await page.keyboard.press('Home');
    const first = await focused('data-node');
    await page.keyboard.press('End');
    t.not(await focused('data-node'), first);
    t.ok(await page.evaluate<boolean>(IN_SIGHT), 'and is scrolled to');
    t.match(await focused('aria-label'), /called by|calls/);
    t.equal(await page.locator('.topology-node[tabindex="0"]').count(), 1, 'Tab leads to one');
    await node.click();
    await visitor.at('topology-detail').getByTestId('topology-row').first().waitFor();
  });

  await t.test('it is a table for who cannot see it', async (t) => {
    await visitor.at('topology-table').first().click();
    const silent = visitor.at('topology-row').filter({ hasText: 'silent' });
    t.match(await silent.textContent(), `gateway${SILENT}`);
    const store = visitor.at('topology-row').filter({ hasText: 'worker' });
    t.match(await store.textContent(), /^workerstore2\.8.*50 %/);
    await visitor.at('topology-picture').first().click();
  });

  await t.test('from the topology to the peer', async (t) => {
    await page.locator(`[data-testid="topology-node"][data-node="peer ${SILENT}"]`).click();
    await visitor.at('topology-peer').click();
    await page.locator('[data-testid="peer-detail"][data-health="silent"]').waitFor();
    t.match(await visitor.at('peer-detail').textContent(), SILENT);
  });

  await t.test('ten thousand peers are searched, sorted and walked through', async (t) => {
    t.equal(await visitor.at('peers-listed').getAttribute('data-count'), String(PEERS));
    t.ok((await visitor.at('peer').count()) < 60, 'only those in sight are drawn');
    t.equal(
      await visitor.at('peer').first().getAttribute('data-peer'),
      SILENT,
      'the worst is first',
    );
    await visitor.at('peer-sort').selectOption('roundTrip');
    await page.locator('[data-testid="peer"]').first().filter({ hasText: '101 ms' }).waitFor();
    await visitor.at('peer-search').fill('10.0.3.');
    await page.locator('[data-testid="peers-listed"][data-count="256"]').waitFor();
    await visitor.at('peer-sort').selectOption('address');
    await visitor.at('peer').first().filter({ hasText: '10.0.3.0:1' }).click();
    await page.keyboard.press('ArrowDown');
    await visitor.reads('peer-detail', /^10\.0\.3\.1:1/);
    await page.keyboard.press('End');
    await visitor.reads('peer-detail', /^10\.0\.3\.255:1/);
    const active = await focused('aria-activedescendant');
    t.equal(await page.locator(`#${active ?? ''}`).getAttribute('data-peer'), '10.0.3.255:1');
    await page.keyboard.press('Home');
    await visitor.reads('peer-detail', /^10\.0\.3\.0:1/);
    await visitor.at('peer-search').fill('');
  });

  await t.test('the sequence has chosen lanes, and keys move in it', async (t) => {
    await visitor.show('sequence');
    t.equal(await visitor.at('lane').count(), 4);
    await visitor.at('sequence-lanes').click();
    await page.locator('[data-testid="sequence-lane-choice"][data-lane="worker"]').click();
    await page.locator('[data-testid="sequence-lane-choice"][data-lane="store"]').click();
    await page.keyboard.press('Escape');
    await visitor.at('main-sequence').waitFor();
    t.strictSame(await page.locator('[data-testid="lane"] b').allTextContents(), [
      'gateway',
      'search',
    ]);
    const labels = await page.locator('.arrow-label').allTextContents();
    t.strictSame([...new Set(labels)].sort(), ['find', 'find · response']);
    await visitor.at('arrow').first().focus();
    await page.keyboard.press('End');
    t.match(await focused('aria-label'), /^find · response, sent .*on the way/);
    t.ok(await page.evaluate<boolean>(IN_SIGHT), 'and is scrolled to');
    const last = await focused('data-transaction');
    await page.keyboard.press('ArrowLeft');
    t.equal(await focused('data-type'), 'request');
    t.equal(await focused('data-transaction'), last, 'the request of this answer');
    await page.keyboard.press('Home');
    t.not(await focused('data-transaction'), last);
    for (let n = 0; n < 12; n += 1) await page.keyboard.press('ArrowDown');
    t.equal(await focused('data-type'), 'request', 'the thirteenth');
    const at = await focused('data-transaction');
    await page.keyboard.press('Enter');
    await visitor.at('main-call').waitFor();
    t.equal(await visitor.at('copy-id').textContent(), at?.slice(0, 8));
    await visitor.show('sequence');
    await visitor.at('sequence-lanes').click();
    await visitor.at('sequence-lanes-busiest').click();
    await page.keyboard.press('Escape');
  });

  await t.test('to scale, what takes twice as long is twice as high', async (t) => {
    await visitor.at('axis-time').click();
    const height = async () =>
      Number(await page.locator('.sequence-picture').getAttribute('height'));
    const scale = async () => Number(await visitor.at('axis-scale').getAttribute('data-scale'));
    const before = { height: await height(), scale: await scale() };
    await visitor.at('axis-smaller').click();
    const padding = 42;
    t.ok((await scale()) < before.scale);
    t.ok(
      Math.abs(
        (before.height - padding) / ((await height()) - padding) - before.scale / (await scale()),
      ) < 0.01,
    );
    await visitor.at('axis-rows').click();
  });

  await t.test('all views are about the picked endpoints', async (t) => {
    await pick('worker');
    t.strictSame(await page.locator('[data-testid="endpoint"] b').allTextContents(), ['worker']);
    await visitor.show('topology');
    await page.locator('[data-testid="topology-size"][data-nodes="2"][data-links="1"]').waitFor();
    await visitor.show('peers');
    t.equal(await visitor.at('peers-listed').getAttribute('data-count'), '0');
    await visitor.show('sequence');
    t.strictSame(await page.locator('[data-testid="lane"] b').allTextContents(), [
      'store',
      'worker',
    ]);
    await visitor.show('fates');
    t.equal(await visitor.at('fates').count(), 1);
    await visitor.at('endpoint-picker').click();
    await visitor.at('endpoint-search').fill('127.0.0.1:1002');
    await visitor.at('endpoint-found').click();
    await page.keyboard.press('Escape');
    await page.locator('[data-testid="fates"][data-endpoint="search"]').waitFor();
    await visitor.at('endpoint-picker').click();
    await visitor.at('endpoint-all').click();
    await page.keyboard.press('Escape');
    t.equal(await visitor.at('fates').count(), 4);
  });

  t.strictSame(visitor.complaints, []);
});
