import t from 'tap';
import { Sampling } from '../../../src/inspector/recorder/sampling.js';
import { TransactionIds } from '../../../src/call/transaction-ids.js';
import { SeededRandom } from '../../../src/testing/random.js';

const idsOf = (seed: number) => new TransactionIds(new SeededRandom(seed));

function choose(sampling: Sampling, count: number, seed = 1): Set<string> {
  const ids = idsOf(seed);
  const chosen = new Set<string>();
  for (let number = 0; number < count; number += 1) {
    const id = ids.next();
    if (sampling.choose(id)) chosen.add(id);
  }
  return chosen;
}

t.test('everything is chosen while it is not too much', async (t) => {
  const sampling = new Sampling(100);
  t.equal(choose(sampling, 100).size, 100);
  sampling.nextPeriod();
  t.equal(sampling.oneIn, 1);
  t.equal(new Sampling(Infinity).choose('ab'.repeat(20)), true);
});

t.test(
  'about the wanted number is chosen, in the first period and in those that follow',
  async (t) => {
    const sampling = new Sampling(100);
    const first = choose(sampling, 5_000).size;
    t.ok(first > 120 && first < 300, String(first));
    for (let period = 2; period < 6; period += 1) {
      sampling.nextPeriod();
      t.equal(sampling.oneIn, 64);
      const chosen = choose(sampling, 5_000, period).size;
      t.ok(chosen > 40 && chosen < 130, String(chosen));
    }
    sampling.nextPeriod();
    sampling.nextPeriod();
    t.equal(sampling.oneIn, 1, 'and after a quiet period all are');
  },
);

t.test(
  'both ends of a call choose alike, and the end that shows fewer shows some of the same',
  async (t) => {
    const ends = [new Sampling(200), new Sampling(200), new Sampling(30)];
    for (const end of ends) choose(end, 5_000);
    for (const end of ends) end.nextPeriod();
    const [one, other, fewer] = ends.map((end) => choose(end, 5_000, 2)) as [
      Set<string>,
      Set<string>,
      Set<string>,
    ];
    t.strictSame([...one], [...other]);
    t.ok(fewer.size > 0 && fewer.size < one.size / 2);
    t.ok([...fewer].every((id) => one.has(id)));
  },
);

t.test('ids that a peer has picked so that all would be chosen are not all chosen', async (t) => {
  const sampling = new Sampling(100);
  const chosen = new Set<string>();
  for (let number = 0; number < 100_000; number += 1) {
    const id = `${number.toString(16).padStart(37, '0')}000`;
    if (sampling.choose(id)) chosen.add(id);
  }
  t.ok(chosen.size < 1_000, String(chosen.size));
  t.equal(sampling.oneIn, 4_096);
});

t.test('less than one in a period is possible', async (t) => {
  const sampling = new Sampling(1 / 16);
  let chosen = 0;
  const ids = idsOf(3);
  for (let period = 0; period < 1_600; period += 1) {
    if (sampling.choose(ids.next())) chosen += 1;
    sampling.nextPeriod();
  }
  t.ok(chosen > 50 && chosen < 200, String(chosen));
});

t.test('in a period with a share of the limit, fewer are chosen', async (t) => {
  const sampling = new Sampling(100);
  choose(sampling, 5_000);
  sampling.nextPeriod(1 / 8);
  t.equal(sampling.oneIn, 512);
  const chosen = choose(sampling, 5_000, 2).size;
  t.ok(chosen > 2 && chosen < 30, String(chosen));
  sampling.nextPeriod();
  t.equal(sampling.oneIn, 64);
});
