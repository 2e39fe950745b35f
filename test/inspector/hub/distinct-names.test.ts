import t from 'tap';
import { DistinctNames } from '../../../src/inspector/hub/distinct-names.js';

t.test('endpoints that are shown under one name are numbered, from the second on', async (t) => {
  const names = new DistinctNames();
  const mask = ['password'];
  t.strictSame(
    [1, 2, 3].map(() => names.next({ name: 'node', mask })),
    [
      { name: 'node', mask },
      { name: 'node 2', mask },
      { name: 'node 3', mask },
    ],
  );
});

t.test('without a name nothing is numbered, and a long name stays within its limit', async (t) => {
  const nameless = new DistinctNames();
  t.strictSame([nameless.next({}), nameless.next({})], [{}, {}]);
  const long = new DistinctNames();
  const options = { name: 'x'.repeat(256) };
  long.next(options);
  t.equal(long.next(options).name, `${'x'.repeat(254)} 2`);
});
