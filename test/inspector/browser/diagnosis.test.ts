import t from 'tap';
import type { Test } from 'tap';
import { nameOf } from '../../../demos/inspect/crowd.js';
import { ILLNESSES, illMember } from '../../../demos/inspect/illness.js';
import type { Illness } from '../../../demos/inspect/illness.js';
import { startDemo, watchedAt } from '../../demos/start-demo.js';
import { chromium } from '../../fixtures/real-parts.js';
import { startBrowser, Visitor } from './visitor.js';

t.setTimeout(600_000);

const DEMO = 'inspect/main.ts';
const SIZE = 50;

const FIRST = '[data-testid="finding"]:first-child';
/** What a busy machine makes of fifty endpoints in one process is forgotten after two minutes. */
const LONG_MS = 180_000;

/** The first seed that chooses this illness. */
function seedOf(illness: Illness): number {
  for (let seed = 1; ; seed += 1) if (illMember(seed, SIZE).illness === illness) return seed;
}

t.test('Diagnosis of a crowd, in a browser', { skip: chromium().skip ?? false }, async (t) => {
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
});
