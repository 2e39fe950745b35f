import t from 'tap';
import { orderAt } from './sides.js';

t.test('sides take turns in playing first', async (t) => {
  t.strictSame([0, 1, 2, 3].flatMap(orderAt), [
    ...['old', 'new', 'new', 'old'],
    ...['old', 'new', 'new', 'old'],
  ]);
});
