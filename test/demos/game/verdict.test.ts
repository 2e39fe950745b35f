import t from 'tap';
import { verdictOf } from '../../../demos/game/verdict.js';
import type { GameOver, Played } from '../../../demos/game/verdict.js';

const GOOD: Played = {
  name: 'p1',
  told: { worlds: 100, replaced: 0 },
  seen: { worlds: 50, older: 0, behind: 0 },
  failures: [],
};
const SLOW: Played = {
  name: 'slow',
  told: { worlds: 100, replaced: 60 },
  seen: { worlds: 40, older: 0, behind: 40 },
  failures: [],
};
const KEPT: GameOver = { others: [GOOD], slow: SLOW, vanished: 'gone', removed: ['gone'] };

/** The numbers of the promises that are broken, counted from 0. */
function brokenBy(change: Partial<GameOver>): number[] {
  return verdictOf({ ...KEPT, ...change }).flatMap(({ isKept }, index) => (isKept ? [] : [index]));
}

t.test('a good game keeps every promise', async (t) => {
  t.strictSame(brokenBy({}), []);
  t.strictSame(
    verdictOf(KEPT).map(({ words }) => words),
    [
      'every call was answered',
      'what arrived was newer than what was seen (0 times older)',
      'nobody else was slowed: each saw at least 50 % of the worlds',
      'the slow one saw 40 of 100 worlds; 60 were replaced by newer ones',
      'what it saw was new: it was 40 worlds behind at most',
      'gone vanished, and the arena removed gone',
    ],
  );
});

t.test('each promise can be broken', async (t) => {
  const others = (change: Partial<Played>) => brokenBy({ others: [GOOD, { ...GOOD, ...change }] });
  const slow = (change: Partial<Played>) => brokenBy({ slow: { ...SLOW, ...change } });
  const { told, seen } = SLOW;

  t.strictSame(others({ failures: ['p1: call leave is timedOut'] }), [0]);
  t.strictSame(slow({ failures: ['slow: call join is unsent'] }), [0]);
  t.strictSame(others({ seen: { worlds: 90, older: 1, behind: 0 } }), [1], 'the world went back');
  t.strictSame(slow({ seen: { ...seen, older: 1, behind: 0 } }), [1]);
  t.strictSame(
    others({ seen: { worlds: 49, older: 0, behind: 0 } }),
    [2],
    'one of the others missed much',
  );
  t.strictSame(others({ told: { worlds: 0, replaced: 0 } }), [2, 3], 'or was told of nothing');
  t.strictSame(slow({ seen: { ...seen, worlds: 41 } }), [3], 'it saw one that was replaced');
  t.strictSame(slow({ seen: { ...seen, worlds: 0 } }), [3], 'it saw nothing');
  t.strictSame(slow({ told: { ...told, replaced: 0 } }), [3], 'nothing was replaced');
  const many = { told: { worlds: 100, replaced: 1 }, seen: { worlds: 90, older: 0, behind: 0 } };
  t.strictSame(slow(many), [3], 'it saw more than somebody else');
  t.strictSame(slow({ seen: { ...seen, behind: 41 } }), [4], 'what it saw was old');
  t.strictSame(brokenBy({ removed: [] }), [5], 'nobody was removed');
  t.strictSame(brokenBy({ removed: ['p1'] }), [5], 'the wrong one');
  t.strictSame(brokenBy({ removed: ['gone', 'p1'] }), [5], 'one more');
});
