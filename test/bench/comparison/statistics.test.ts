import t from 'tap';
import { quantile, showSpread, spreadOf } from './statistics.js';

t.test('a quantile lies between its neighbours', async (t) => {
  t.equal(quantile([1, 2, 3], 0.5), 2);
  t.equal(quantile([1, 2], 0.5), 1.5);
  t.equal(quantile([0, 10, 20, 30, 40], 0.9), 36);
  t.same(quantile([], 0.5), NaN);
});

t.test('the median and quartiles need no sorted numbers', async (t) => {
  t.strictSame(spreadOf([50, 10, 30, 20, 40]), { median: 30, low: 20, high: 40 });
});

t.test('a spread is shown with the given number of digits', async (t) => {
  t.equal(showSpread([1_000, 2_000, 3_000], 0), '2,000 (1,500–2,500)');
  t.equal(showSpread([1, 1.0104, 1.02], 3), '1.010 (1.005–1.015)');
});
