import t from 'tap';
import { faintTexts } from './contrast.js';
import { lossyPair } from './lossy-pair.js';
import { takeScreenshots } from './screenshots.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

const VIEWS = [
  ...(['overview', 'calls', 'call', 'sequence', 'topology', 'peers'] as const),
  ...(['datagrams', 'machines', 'fates'] as const),
] as const;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 800, height: 600 },
];

t.test('The look of the page, in a browser', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const { client, url } = await lossyPair(t);
  await client.tell({ type: 'start', periodMs: 40 });

  for (const colorScheme of ['light', 'dark'] as const) {
    await t.test(`${colorScheme}: all text is readable and fits`, async (t) => {
      const visitor = await Visitor.visit(t, browser, url, { colorScheme });
      const { page } = visitor;
      const theme = () => page.locator('html').getAttribute('data-theme');
      t.equal(await theme(), colorScheme, 'as the system has it');
      for (const state of ['rejected', 'timedOut', 'late']) await visitor.sees(state);
      await visitor.open('late');
      // A search would leave nothing to plot.
      await visitor.show('calls');
      await visitor.search('');
      for (const viewport of SIZES) {
        await page.setViewportSize(viewport);
        for (const view of VIEWS) {
          await visitor.show(view);
          if (view === 'overview') await visitor.at('plot-times').waitFor();
          if (view === 'call' || view === 'peers') await visitor.at('chart').waitFor();
          const words = `${view}, ${viewport.width} pixels wide`;
          t.strictSame(await faintTexts(page), [], `contrast: ${words}`);
          t.equal(await page.evaluate<number>(TOO_WIDE), 0, `no more than fits: ${words}`);
        }
      }
      await page.keyboard.press('?');
      await visitor.at('help-overlay').waitFor();
      t.strictSame(await faintTexts(page), [], 'contrast: help');
      await visitor.at('help-overlay').getByRole('button', { name: 'Close' }).click();

      await visitor.at('theme').click();
      const other = colorScheme === 'light' ? 'dark' : 'light';
      t.equal(await theme(), other, 'as the user wants it');
      await page.reload();
      t.equal(await theme(), other, 'and it stays so');
      t.strictSame(visitor.complaints, []);
    });
  }

  // For the README: RPCUDP_SCREENSHOTS=demos/inspect/screenshots.
  const folder = process.env['RPCUDP_SCREENSHOTS'];
  if (folder !== undefined) {
    await t.test('screenshots are taken', async (t) => {
      const scene = await lossyPair(t, { loss: 0.12 });
      await scene.client.tell({ type: 'start', periodMs: 120 });
      await takeScreenshots(await Visitor.visit(t, browser, scene.url), folder);
    });
  }
});

/** How many pixels the document can be scrolled sideways. */
const TOO_WIDE = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
