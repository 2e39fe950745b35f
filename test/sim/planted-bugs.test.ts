import t from 'tap';
import { findPlantedBug, PLANTED_BUGS } from './planted-bugs.js';

t.setTimeout(300_000);
t.jobs = 2;

for (const bug of PLANTED_BUGS) {
  t.test(`the simulator finds it when ${bug.name}`, async (t) => {
    const { invariant, output } = await findPlantedBug(bug);
    t.ok(bug.foundBy.includes(invariant ?? 'none'), `${invariant ?? 'nothing'} finds it`, {
      output,
    });
    t.match(output, /replay: npm run sim -- --seed \d+ --scale short.* --trace/);
  });
}

t.test('a bug that cannot be planted does not count as found', async (t) => {
  const bug = {
    name: 'nowhere',
    file: 'errors.ts',
    find: 'no such text',
    replace: '',
    foundBy: [],
  };
  await t.rejects(
    findPlantedBug(bug),
    /"nowhere" has no place: src\/errors.ts has "no such text" 0 times, not once/,
  );
});
