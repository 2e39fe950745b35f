/** Whatever arrives from whatever address, the endpoint gives it one fate and continues. */
import fc from 'fast-check';
import t from 'tap';
import { noFates } from '../../src/api/fate.js';
import type { Fate } from '../../src/api/fate.js';
import { hostileBundle, hostileDatagram } from '../fixtures/hostile-datagrams.js';
import { PROCEDURES, runSession } from './session.js';

/**
 * Fates that no bytes can cause: the decoder agrees with its guard, and there is no contract here.
 */
const OUT_OF_REACH: readonly Fate[] = ['malformed.undecodable', 'request.refused.invalidArguments'];

t.setTimeout(120_000);

t.test('an endpoint comes to no harm, and every fate occurs', { timeout: 120_000 }, async (t) => {
  const met = noFates();
  const one = fc.oneof(
    { arbitrary: hostileDatagram(PROCEDURES), weight: 5 },
    hostileBundle(PROCEDURES),
  );
  const datagrams = fc.array(one, { minLength: 10, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(datagrams, async (list) => {
      const { fates, faults } = await runSession(list);
      for (const fate of fates) met[fate] += 1;
      if (faults.length > 0) throw new Error(faults.join('; '));
    }),
    { numRuns: 500 },
  );
  const all = Object.keys(noFates()) as Fate[];
  const missed = all.filter((fate) => met[fate] === 0 && !OUT_OF_REACH.includes(fate));
  t.strictSame(missed, [], 'the generator has not gone blind');
  t.strictSame(
    OUT_OF_REACH.filter((fate) => met[fate] > 0),
    [],
  );
  const reached = all.filter((fate) => met[fate] > 0).sort((a, b) => met[a] - met[b]);
  for (const fate of reached.slice(0, 3)) t.comment(`${fate} was met in ${met[fate]} sessions`);
});
