import t from 'tap';
import { lossyPair } from './lossy-pair.js';
import { startBrowser, Visitor } from './visitor.js';
import { chromium } from '../../fixtures/real-parts.js';

t.setTimeout(240_000);

t.test('More calls than anybody can look at', { skip: chromium().skip ?? false }, async (t) => {
  const browser = await startBrowser(t);
  const recorder = { maxCallsPerSecond: 20 };
  const { client, server, url } = await lossyPair(t, { recorder, loss: 0.02 });
  const visitor = await Visitor.visit(t, browser, url);
  await client.tell({ type: 'flood', periodMs: 20, calls: 8 });

  await t.test('the page says how many of the calls are shown', async () => {
    await visitor.reads('sampled', /^1 in (8|16|32|64) calls shown, [\d,]+ counted but not shown$/);
    await visitor.sees('resolved');
    // On a busy machine any of them may time out.
    for (let rejected = 0; rejected < 5;) {
      const state = await client.tell({ type: 'call', procedure: 'find', args: [8] });
      if (state === 'rejected') rejected += 1;
    }
  });

  await client.tell({ type: 'stop' });

  await t.test('the shown and the counted calls together are all calls', async (t) => {
    await visitor.reads('sampled', /counted but not shown$/);
    await visitor.agrees(
      t,
      async () =>
        (await listedAs(visitor, 'call')) +
        (await listedAs(visitor, 'handler')) +
        (await counted(visitor)),
      async () => (await madeBy(client)) + (await ranBy(server)),
      'calls and requests',
    );
  });

  await t.test('of those that went wrong, each is shown or counted', async (t) => {
    await visitor.at('kind-call').click();
    const only = await countedFailures(visitor);
    const shown = async () => {
      const { rejected = NaN, timedOut = NaN, unsent = NaN } = await visitor.outcomes();
      return {
        rejected: rejected + (only['rejected'] ?? 0),
        timedOut: timedOut + (only['timedOut'] ?? 0),
        unsent: unsent + (only['unsent'] ?? 0),
      };
    };
    const wrong = (counts: Readonly<Record<string, number>>) => {
      const { rejected, timedOut, unsent } = counts;
      return { rejected, timedOut, unsent };
    };
    await visitor.agrees(
      t,
      shown,
      async () => wrong((await client.stats()).outcomes),
      'calls that went wrong',
    );
    t.ok((await client.stats()).outcomes.rejected >= 5);
  });

  t.strictSame(visitor.complaints, []);
});

/** A request whose call is listed is no row of its own, so each kind is listed alone. */
async function listedAs(visitor: Visitor, kind: 'call' | 'handler'): Promise<number> {
  await visitor.at(`kind-${kind}`).click();
  return visitor.listed();
}

async function counted(visitor: Visitor): Promise<number> {
  const words = (await visitor.at('sampled').textContent()) ?? '';
  return Number(/([\d,]+) counted but not shown/.exec(words)?.[1]?.replaceAll(',', ''));
}

async function madeBy(client: { stats(): Promise<{ outcomes: object }> }): Promise<number> {
  const { outcomes } = await client.stats();
  return Object.values(outcomes as Record<string, number>).reduce((sum, count) => sum + count, 0);
}

async function ranBy(server: {
  stats(): Promise<{ fates: Readonly<Record<string, number>> }>;
}): Promise<number> {
  return (await server.stats()).fates['request.run'] ?? 0;
}

/** How many calls went wrong and are only counted, by state. */
async function countedFailures({ page }: Visitor): Promise<Readonly<Record<string, number>>> {
  const counted: Record<string, number> = {};
  for (const row of await page.getByTestId('failure').all()) {
    const of = async (name: string) => (await row.getAttribute(`data-${name}`)) ?? '';
    const state = await of('state');
    const only = Number(await of('count')) - Number(await of('shown'));
    counted[state] = (counted[state] ?? 0) + only;
  }
  return counted;
}
