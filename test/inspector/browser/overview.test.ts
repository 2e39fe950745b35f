import t from 'tap';
import { chromium } from '../../fixtures/real-parts.js';
import { lossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';

t.setTimeout(240_000);

/** They take some seconds, so that there is a time to choose from. */
const ENOUGH_CALLS = 100;

/** Runs in the page. Both numbers are read at the same moment. */
const SUMS_SHOWN = `(({ dataset }) => ({ ended: Number(dataset.ended), kept: Number(dataset.kept) }))(
  document.querySelector('[data-testid="overview-sums"]'))`;

t.test('Overview, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);

  t.test('numbers are what the endpoints count, and a range of time filters them', async (t) => {
    const { client, url } = await lossyPair(t);
    const visitor = await Visitor.visit(t, browser, url, { view: 'overview' });
    const { page } = visitor;
    await client.tell({ type: 'start', periodMs: 40 });
    await visitor.at('plot-times').locator('canvas').waitFor();
    const numbers = () => page.evaluate<{ ended: number; kept: number }>(SUMS_SHOWN);
    while ((await numbers()).ended < ENOUGH_CALLS) await page.waitForTimeout(100);
    await client.tell({ type: 'stop' });
    const { outcomes } = await client.stats();
    const ended = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    await visitor.agrees(t, numbers, async () => ({ ended, kept: ended }), 'calls that ended');

    /** What is said above the plots moves them. */
    const placeOn = async (share: number) => {
      const { x, y, width, height } = (await visitor
        .at('plot-rates')
        .locator('.u-over')
        .boundingBox())!;
      return [x + share * width, y + height / 2] as const;
    };
    await page.mouse.move(...(await placeOn(0.3)));
    await page.mouse.down();
    await page.mouse.move(...(await placeOn(0.5)), { steps: 4 });
    await page.mouse.up();
    await visitor.at('range').waitFor();
    const isFewer = async () => {
      const shown = await numbers();
      return shown.kept < ended && shown.ended < ended;
    };
    await visitor.agrees(t, isFewer, async () => true, 'fewer calls in the range');
    await page.mouse.click(...(await placeOn(0.7)));
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
