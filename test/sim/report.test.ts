import t from 'tap';
import { ordinarySettings } from './plan.js';
import type { FaultClass, Settings } from './plan.js';
import { failureText } from './report.js';
import { runSeed } from './run.js';

/** What is printed when a seed has failed. */
async function textOf(seed: number, settings: Settings): Promise<string> {
  const result = await runSeed(seed, settings);
  return failureText({ ...result, failure: { invariant: 'I1', what: 'twice', atMs: 7 } });
}

t.test('a failed seed is shown with its promise, and the command that replays it', async (t) => {
  const text = await textOf(3, ordinarySettings('short'));
  t.match(text, /^Seed 3 breaks I1 after 7\.000 ms: twice\n {2}I1: /);
  t.match(text, '\n  replay: npm run sim -- --seed 3 --scale short --trace');
  t.notMatch(text, 'regression-seeds', 'it is run always');
});

t.test('a failed seed that is not run always is to be added to those that are', async (t) => {
  const row = "{ seed: 4711, scale: 'short', found: '…' }";
  const text = await textOf(4_711, ordinarySettings('short'));
  t.match(text, `\n  to run it always: add ${row} to test/sim/regression-seeds.ts`);
  // With classes of faults of its own it is another world.
  const settings = { ...ordinarySettings('short'), with: new Set<FaultClass>(['loss']) };
  t.notMatch(await textOf(4_711, settings), 'regression-seeds');
});
