import t from 'tap';
import { Coverage } from './coverage.js';
import { watchWallClock } from './invariants/wall-clock.js';
import { minimise } from './minimise.js';
import { ordinarySettings } from './plan.js';
import { REGRESSION_SEEDS } from './regression-seeds.js';
import { failureText } from './report.js';
import { runSeed } from './run.js';

/** As many seeds as run in half a minute on one core. */
const SEEDS = 700;
/** One of this many seeds is run twice. */
const REPEATED = 50;

t.setTimeout(300_000);
t.teardown(watchWallClock());

t.test('in simulated worlds full of faults, every promise holds', async (t) => {
  const coverage = new Coverage();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await runSeed(seed);
    coverage.add(result.coverage);
    if (result.failure === undefined) continue;
    t.fail(failureText(result, await minimise(result)));
    return;
  }
  t.strictSame(coverage.missing, [], 'the worlds reach everything that can happen');
});

t.test('seeds that once broke a promise break none', async (t) => {
  for (const { seed, scale, found } of REGRESSION_SEEDS) {
    const result = await runSeed(seed, ordinarySettings(scale));
    t.equal(result.failure, undefined, `seed ${seed}, ${scale}: ${found}`, {
      report: failureText(result),
    });
  }
});

t.test('the same seed gives the same events', async (t) => {
  for (let seed = REPEATED; seed <= SEEDS; seed += REPEATED) {
    const { hash, events } = await runSeed(seed);
    t.strictSame(pick(await runSeed(seed)), { hash, events }, `seed ${seed}`);
  }
  t.not((await runSeed(1)).hash, (await runSeed(2)).hash, 'another one gives others');
});

function pick({ hash, events }: { readonly hash: string; readonly events: number }) {
  return { hash, events };
}
