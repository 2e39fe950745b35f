import t from 'tap';
import { systemRandom, type Random } from '../../src/random.js';
import { SeededRandom } from '../../src/testing/random.js';
import { TransactionIds } from '../../src/call/transaction-ids.js';

t.test('an id is 20 of the random bytes, and none is used twice', async (t) => {
  const bytes: number[] = [];
  let fills = 0;
  const counting: Random = {
    fillBytes: (target) => {
      fills += 1;
      for (let index = 0; index < target.length; index++) {
        target[index] = (bytes.length * 31) & 0xff;
        bytes.push(target[index] ?? 0);
      }
    },
    unit: () => 0,
  };
  const ids = new TransactionIds(counting);
  t.equal(fills, 0, 'nothing is drawn before it is needed');
  const drawn = [ids.next()];
  t.equal(bytes.length, 16 * 20, 'and few at first');
  while (drawn.length < 2_400) drawn.push(ids.next());
  // 16 + 64 + 256 + 1,024 + 1,024 ids are 2,384.
  t.equal(fills, 6, 'a pool has four times as many as the last one, up to 1,024');
  t.ok(drawn.every((id) => id.length === 40));
  t.strictSame(Buffer.from(drawn.join(''), 'hex'), Buffer.from(bytes).subarray(0, 2_400 * 20));
});

t.test('an id that is drawn in advance is the next one, and is drawn once', async (t) => {
  const plain = new TransactionIds(new SeededRandom(1));
  const ahead = new TransactionIds(new SeededRandom(1));
  for (let count = 0; count < 2_000; count += 1) {
    for (let times = count % 3; times > 0; times -= 1) ahead.drawAhead();
    t.equal(ahead.next(), plain.next());
  }
});

t.test("ids from the system's randomness differ", async (t) => {
  const ids = new TransactionIds(systemRandom);
  t.equal(new Set(Array.from({ length: 10_000 }, () => ids.next())).size, 10_000);
});
