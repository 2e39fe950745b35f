import t from 'tap';
import type { Test } from 'tap';
import { nameOf } from '../../../demos/inspect/crowd.js';
import { ILLNESSES, illMember } from '../../../demos/inspect/illness.js';
import type { Illness } from '../../../demos/inspect/illness.js';
import { startDemo, watchedAt } from '../../demos/start-demo.js';
import { chromium } from '../../fixtures/real-parts.js';
import { lossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';

t.setTimeout(600_000);

const DEMO = 'inspect/main.ts';
const SIZE = 50;

const FIRST = '[data-testid="finding"]:first-child';
/** What a busy machine makes of fifty endpoints in one process is forgotten after two minutes. */
const LONG_MS = 180_000;

/** Runs in the page. Both numbers are read at the same moment. */
const SUMS_SHOWN = `(({ dataset }) => ({ ended: Number(dataset.ended), kept: Number(dataset.kept) }))(
  document.querySelector('[data-testid="overview-sums"]'))`;

/** The first seed that chooses this illness. */
function seedOf(illness: Illness): number {
  for (let seed = 1; ; seed += 1) if (illMember(seed, SIZE).illness === illness) return seed;
}

t.test('Overview, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const visit = (t: Test, url: string) => Visitor.visit(t, browser, url, { view: 'overview' });

  for (const illness of ILLNESSES) {
    t.test(`of fifty endpoints, the ill one is in the first row: ${illness}`, async (t) => {
      const seed = seedOf(illness);
      const name = nameOf(illMember(seed, SIZE).index);
      const demo = startDemo(t, DEMO, '--endpoints', `${SIZE}`, '--ill', `${seed}`);
      const visitor = await visit(t, await watchedAt(demo));
      // An old version feeds no inspector: the page knows its address alone.
      const named = illness === 'oldVersion' ? '' : `[data-party="${name}"]`;
      const first = visitor.page.locator(`${FIRST}[data-cause=${illness}]${named}`);
      await first.waitFor({ timeout: LONG_MS });
      const party = await first.getAttribute('data-party');
      t.match(await first.locator('.finding-evidence').textContent(), /\d/, 'with evidence');
      t.strictSame(visitor.complaints, []);
      demo.kill('SIGINT');
      const { stdout, stderr, exitCode } = await demo.ended();
      t.strictSame([exitCode, stderr], [0, '']);
      const [, ill, address] = /It was (node \d+) at (\S+): (\w+)\.\n$/.exec(stdout) ?? [];
      t.equal(ill, name);
      t.equal(party, illness === 'oldVersion' ? address : name);
    });
  }

  t.test('of fifty healthy endpoints, nothing is said', async (t) => {
    const visitor = await visit(t, await watchedAt(startDemo(t, DEMO, '--endpoints', `${SIZE}`)));
    // On a busy machine the process may stand still at first, and calls fail.
    await visitor.page.locator(`${FIRST}[data-cause="nothing"]`).waitFor({ timeout: LONG_MS });
  });

  t.test('numbers are what the endpoints count, and a range of time filters them', async (t) => {
    const { client, url } = await lossyPair(t);
    const visitor = await visit(t, url);
    const { page } = visitor;
    await client.tell({ type: 'start', periodMs: 40 });
    await visitor.at('plot-times').locator('canvas').waitFor();
    await page.waitForTimeout(5_000);
    await client.tell({ type: 'stop' });
    const numbers = () => page.evaluate<{ ended: number; kept: number }>(SUMS_SHOWN);
    const { outcomes } = await client.stats();
    const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    await visitor.agrees(t, numbers, async () => ({ ended, kept: ended }), 'calls that ended');

    const plot = (await visitor.at('plot-rates').locator('.u-over').boundingBox())!;
    const y = plot.y + plot.height / 2;
    await page.mouse.move(plot.x + 0.3 * plot.width, y);
    await page.mouse.down();
    await page.mouse.move(plot.x + 0.5 * plot.width, y, { steps: 4 });
    await page.mouse.up();
    await visitor.at('range').waitFor();
    await page.waitForFunction(
      `Number(document.querySelector('[data-testid="overview-sums"]').dataset.kept) < ${ended}`,
    );
    t.ok((await numbers()).ended < ended);
    await page.mouse.click(plot.x + 0.7 * plot.width, y);
    await visitor.at('range').waitFor({ state: 'detached' });
    await visitor.agrees(t, numbers, async () => ({ ended, kept: ended }), 'after a click');

    await visitor.at('range-last-10').focus();
    await page.keyboard.press('Enter');
    await visitor.at('range').waitFor();
    await visitor.at('range-earlier').click();
    await visitor.at('range-all').click();
    await visitor.at('range').waitFor({ state: 'detached' });
    t.strictSame(visitor.complaints, []);
  });
});
