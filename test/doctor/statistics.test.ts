/** What probes tell about a rate. The intervals are those of published tables and calculators. */
import t from 'tap';
import {
  likelyShare,
  probesToBeSure,
  quantile,
  wilsonInterval,
} from '../../src/doctor/statistics.js';

t.test('the interval of a share is that of Wilson', async (t) => {
  for (const [count, total, low, high] of [
    [0, 10, 0, 0.2775],
    [1, 10, 0.0179, 0.4042],
    [5, 10, 0.2366, 0.7634],
    [0, 100, 0, 0.037],
    [20, 100, 0.1334, 0.2888],
    [100, 100, 0.963, 1],
  ] as const) {
    const interval = wilsonInterval(count, total);
    t.equal(interval.low.toFixed(4), low.toFixed(4), `${count} of ${total}`);
    t.equal(interval.high.toFixed(4), high.toFixed(4), `${count} of ${total}`);
  }
  t.strictSame(wilsonInterval(0, 0), { low: 0, high: 1 }, 'nothing is known');
});

t.test('a likely share is never 0 or 1', async (t) => {
  t.equal(likelyShare(0, 0), 0.5);
  t.ok(likelyShare(0, 100) > 0);
  t.ok(likelyShare(100, 100) < 1);
});

t.test('quantiles are values that were measured', async (t) => {
  t.equal(quantile([], 0.5), undefined);
  t.equal(quantile([3], 0.95), 3);
  t.equal(quantile([4, 1, 3, 2], 0.5), 2);
  t.equal(quantile([4, 1, 3, 2], 0.95), 4);
  t.equal(quantile([4, 1, 3, 2], 1), 4);
});

t.test('the more is lost and the longer the datagram, the more probes it takes', async (t) => {
  const clean = likelyShare(0, 100);
  t.equal(probesToBeSure(508, clean), 2);
  t.ok(probesToBeSure(65_507, clean) <= 6);
  t.equal(probesToBeSure(508, 0.1), 3);
  t.ok(probesToBeSure(65_507, 0.1) > 100);
  t.equal(probesToBeSure(508, 1), Infinity);
});
