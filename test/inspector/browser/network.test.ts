import t from 'tap';
import type { SideProcess } from './side-process.js';
import { lossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

/** How long to wait until each kind of mark was seen. */
const MARKS_MS = 120_000;

t.test('Sequence, Peers and Fates, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const { client, server, url, link } = await lossyPair(t, { loss: 0.25 });
  const visitor = await Visitor.visit(t, browser, url);
  const { page } = visitor;
  await client.tell({ type: 'start', periodMs: 40 });
  for (const state of ['resolved', 'timedOut', 'late']) await visitor.sees(state);

  await t.test('arrows join both ends, and lost, repeated and late ones are marked', async (t) => {
    await visitor.show('sequence');
    await page.locator('[data-testid="lane"]').nth(2).waitFor();
    t.strictSame((await page.locator('[data-testid="lane"] b').allTextContents()).sort(), [
      '127.0.0.1:9',
      'client',
      'server',
    ]);
    const marks = [
      '[data-type="request"][data-arrival="arrived"][data-joined="true"]',
      '[data-type="response"][data-arrival="arrived"][data-joined="true"]',
      '[data-arrival="lost"] .arrow-cross',
      '[data-repetition="retransmission"] .badge',
      '[data-repetition="duplicate"] .badge',
      '[data-late="true"].arrow-late',
    ];
    const found = new Set<string>();
    // The latest arrows are visible, and the earlier ones are scrolled to.
    await visitor.at('sequence').hover();
    const giveUpAtMs = performance.now() + MARKS_MS;
    for (let turn = 0; found.size < marks.length && performance.now() < giveUpAtMs; turn += 1) {
      for (const mark of marks) {
        if ((await page.locator(`[data-testid="arrow"]${mark}`).count()) > 0) found.add(mark);
      }
      await page.mouse.wheel(0, turn % 40 === 39 ? 100_000 : -250);
    }
    t.strictSame([...found].sort(), [...marks].sort());
    await page.mouse.wheel(0, -300);
    await visitor.at('sequence-newer').click();
    await visitor.at('sequence-newer').waitFor({ state: 'detached' });
    // New arrows move the others, so that a click may miss.
    const opened = visitor
      .at('main-call')
      .waitFor()
      .then(() => true);
    for (let isOpen = false; !isOpen;) {
      const click = visitor.at('arrow').last().click({ force: true });
      const clicked = click.then(
        () => false,
        () => false,
      );
      isOpen = await Promise.race([opened, clicked]);
    }
  });

  await client.tell({ type: 'stop' });
  // A peer that did not answer the last call is suspect.
  while ((await client.tell({ type: 'call', procedure: 'find', args: [7] })) !== 'resolved');

  await t.test('a peer that answers is responsive, one that does not is silent', async (t) => {
    await visitor.show('peers');
    await page.locator(`[data-testid="peer"][data-peer="127.0.0.1:9"]`).click();
    await page.locator('[data-testid="peer-detail"][data-health="silent"]').waitFor();
    await page.locator(`[data-testid="peer"][data-peer="${link}"]`).click();
    await page.locator('[data-testid="peer-detail"][data-health="responsive"]').waitFor();
    const chart = visitor.at('peer-detail').getByTestId('chart');
    await chart.waitFor();
    t.equal(await chart.getAttribute('data-current'), 'responsive');
    await visitor.at('round-trip-plot').locator('canvas').first().waitFor();
    await visitor.reads('tile-round-trip', /^[\d.]+ m?s$/);
    await visitor.reads('tile-window', /^0 of \d+/);
    await visitor.reads('tile-mailbox', /^0 /);
    await visitor.reads('tile-in-flight', /^0$/);
  });

  await t.test('success by procedure adds up to what the client reports', async (t) => {
    const { outcomes } = await client.stats();
    const peers = [link, '127.0.0.1:9'];
    await visitor.agrees(
      t,
      async () => {
        const sums = { resolved: 0, rejected: 0, timedOut: 0 };
        for (const peer of peers) {
          await page.locator(`[data-testid="peer"][data-peer="${peer}"]`).click();
          for (const row of await visitor.at('procedure').all()) {
            const cells = (await row.locator('td').allTextContents()).slice(2).map(Number);
            sums.resolved += cells[0] ?? NaN;
            sums.rejected += cells[1] ?? NaN;
            sums.timedOut += cells[2] ?? NaN;
          }
        }
        return sums;
      },
      async () => {
        const { resolved, rejected, timedOut } = outcomes;
        return { resolved, rejected, timedOut };
      },
      'sums over procedures',
    );
  });

  await t.test(
    'fates are what the endpoints count, and add up to the frames received',
    async (t) => {
      await visitor.show('fates');
      await visitor.at('fates-all').check();
      for (const [name, side] of Object.entries({ client, server })) {
        await visitor.agrees(
          t,
          () => fatesShown(visitor, name),
          () => fatesCounted(side),
          `fates of the ${name}`,
        );
      }
      t.equal(await page.locator('[data-testid="fates"][data-adds-up="true"]').count(), 2);
      const { fates } = await client.stats();
      t.ok(fates['response.late'] > 0 && fates['response.matched'] > 0);
    },
  );

  t.strictSame(visitor.complaints, []);
});

async function fatesShown({ page }: Visitor, name: string): Promise<unknown> {
  const panel = page
    .locator('[data-testid="fates"]')
    .filter({ has: page.locator(`h3 :text-is("${name}")`) });
  const fates: Record<string, number> = {};
  for (const row of await panel.getByTestId('fate').all()) {
    const fate = (await row.getAttribute('data-fate')) ?? '';
    fates[fate] = Number(await row.getAttribute('data-count'));
  }
  const sum = panel.getByTestId('fates-sum');
  return {
    fates,
    sum: Number(await sum.getAttribute('data-sum')),
    received: Number(await sum.getAttribute('data-received')),
  };
}

async function fatesCounted(side: SideProcess): Promise<unknown> {
  const { fates, framesReceived } = await side.stats();
  const { badSource: _alone, ...listed } = fates as Readonly<Record<string, number>>;
  return { fates: listed, sum: framesReceived, received: framesReceived };
}
