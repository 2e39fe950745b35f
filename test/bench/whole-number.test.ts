import t from 'tap';
import { wholeNumber } from './whole-number.js';

t.test('whole numbers are read, from the least', async (t) => {
  t.strictSame(['1', '007', '999999999999999'].map(wholeNumber(1)), [1, 7, 999_999_999_999_999]);
  t.equal(wholeNumber(0)('0'), 0);
});

t.test('anything else and lesser numbers are refused, and the error names the least', async (t) => {
  for (const word of ['', '0', '-1', '1.5', '1e3', '0x10', ' 1', 'many', '1'.repeat(16)]) {
    t.throws(() => wholeNumber(1)(word), { message: 'It must be a whole number from 1.' }, word);
  }
});
