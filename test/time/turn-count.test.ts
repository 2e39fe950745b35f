import t from 'tap';
import { hasTurnCount, turnCount } from '../../src/time/turn-count.js';

t.test('a runtime is asked once whether it counts its turns', async (t) => {
  t.equal(hasTurnCount(performance), true);
  t.equal(typeof turnCount?.(), 'number');
  // Bun, and Deno: their timings name no loop.
  t.equal(hasTurnCount({}), false);
  t.equal(hasTurnCount({ nodeTiming: {} }), false);
  t.equal(hasTurnCount({ nodeTiming: { uvMetricsInfo: {} } }), false);
});
