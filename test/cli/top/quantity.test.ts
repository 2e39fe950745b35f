import t from 'tap';
import {
  ageWords,
  countWords,
  durationWords,
  rateWords,
  shareWords,
} from '../../../src/cli/top/quantity.js';

t.test('numbers are short', async (t) => {
  t.strictSame([0, 999, 12_345, 9_999_999, 12_345_678].map(countWords), [
    '0',
    '999',
    '12,345',
    '9,999,999',
    '12.3M',
  ]);
  t.strictSame([undefined, 0, 0.01, 0.5, 9.94, 9.96, 1_234.5].map(rateWords), [
    '-/s',
    '0/s',
    '<0.1/s',
    '0.5/s',
    '9.9/s',
    '10/s',
    '1,235/s',
  ]);
  t.strictSame([0.123, 3.44, 123.4, 1_234].map(durationWords), [
    '0.12 ms',
    '3.4 ms',
    '123 ms',
    '1.2 s',
  ]);
  t.strictSame([999, 1_000, 59_999, 60_000, 3_600_000].map(ageWords), [
    'now',
    '1 s',
    '59 s',
    '1 min',
    '1 h',
  ]);
});

t.test('a share is not rounded up to all, nor down to nothing', async (t) => {
  t.strictSame([0, 0.001, 0.5, 0.999, 1].map(shareWords), [
    '0 %',
    '<1 %',
    '50 %',
    '>99 %',
    '100 %',
  ]);
});
