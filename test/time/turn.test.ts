import t from 'tap';
import { SimulatedClock } from '../../src/testing/clock.js';
import { Turn } from '../../src/time/turn.js';

/** A task that notes when it is called. */
const task = (name: string, log: string[], then?: () => void) => ({
  turnEnded: () => {
    log.push(name);
    then?.();
  },
});

t.test('what is postponed runs once, in order, after everything that is due by now', async (t) => {
  const clock = new SimulatedClock();
  const turn = new Turn(clock);
  const log: string[] = [];
  clock.setTimeout(() => log.push('due'), 0);
  turn.atEnd(task('a', log));
  turn.atEnd(task('b', log));
  t.strictSame(log, []);
  await clock.advance(0);
  t.strictSame(log, ['due', 'a', 'b']);
  await clock.advance(1_000);
  t.strictSame(log.length, 3);
});

t.test('the end of a turn is awaited once, however much is postponed to it', async (t) => {
  let polls = 0;
  const clock = Object.assign(new SimulatedClock(), { afterPoll: () => (polls += 1) });
  const turn = new Turn(clock);
  for (const name of ['a', 'b', 'c']) turn.atEnd(task(name, []));
  t.equal(polls, 1);
});

t.test('a task that asks twice is called twice', async (t) => {
  const clock = new SimulatedClock();
  const turn = new Turn(clock);
  const log: string[] = [];
  const twice = task('a', log);
  turn.atEnd(twice);
  turn.atEnd(twice);
  await clock.advance(0);
  t.strictSame(log, ['a', 'a']);
});

t.test('what is postponed at the end of a turn belongs to the next', async (t) => {
  const clock = new SimulatedClock();
  const turn = new Turn(clock);
  const log: string[] = [];
  turn.atEnd(task('a', log, () => turn.atEnd(task('b', log))));
  await clock.step();
  t.strictSame(log, ['a']);
  await clock.step();
  t.strictSame(log, ['a', 'b']);
});

t.test('a turn that is ended early leaves nothing for later', async (t) => {
  const clock = new SimulatedClock();
  const turn = new Turn(clock);
  const log: string[] = [];
  turn.end();
  turn.atEnd(task('a', log));
  turn.end();
  t.strictSame(log, ['a']);
  turn.atEnd(task('b', log));
  await clock.advance(0);
  t.strictSame(log, ['a', 'b'], 'what comes then waits for an end of its own');
  t.equal(clock.pendingTimers, 0);
});
