import t from 'tap';
import { RestartDelay } from '../../src/cluster/restart-delay.js';

t.test(
  'a worker that dies at once is forked eight times in 13 s, and then every 10 s',
  async (t) => {
    const delay = new RestartDelay();
    const delaysMs = Array.from({ length: 10 }, () => delay.afterLifeOf(5));
    t.strictSame(delaysMs, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
    const firstSeven = delaysMs.slice(0, 7).reduce((sum, ms) => sum + ms, 0);
    t.ok(firstSeven < 13_000, `${firstSeven} ms after the first`);
    for (let death = 0; death < 2_000; death++) delay.afterLifeOf(0);
    t.equal(delay.afterLifeOf(0), 10_000, 'after 2,000 deaths as well');
  },
);

t.test('after a life of 10 s, the delays begin again', async (t) => {
  const delay = new RestartDelay();
  delay.afterLifeOf(0);
  t.equal(delay.afterLifeOf(9_999), 200);
  t.equal(delay.afterLifeOf(10_000), 100);
  t.equal(delay.afterLifeOf(10), 200);
});
