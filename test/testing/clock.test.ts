import t from 'tap';
import { MAX_TIMER_DELAY_MS } from '../../src/time/clock.js';
import { SimulatedClock } from '../../src/testing/clock.js';

t.test('timers run when they are due, equal ones in the order of setting', async (t) => {
  const clock = new SimulatedClock();
  const log: string[] = [];
  const set = (name: string, delayMs: number) =>
    clock.setTimeout(() => log.push(`${name}@${clock.nowMs()}`), delayMs);
  set('c', 30);
  set('a', 10);
  set('b', 10);
  set('past', -5);
  t.equal(clock.pendingTimers, 4);
  t.equal(await clock.step(), true);
  t.strictSame(log, ['past@0']);
  await clock.advance(29);
  t.strictSame(log, ['past@0', 'a@10', 'b@10']);
  t.equal(clock.nowMs(), 29);
  await clock.advance(1);
  t.strictSame(log.at(-1), 'c@30');
  t.equal(await clock.step(), false);
  t.equal(clock.pendingTimers, 0);
});

t.test('the time of day jumps alone, forward or back, and goes on from there', async (t) => {
  const clock = new SimulatedClock();
  await clock.advance(5);
  t.strictSame([clock.nowMs(), clock.wallMs()], [5, 5]);
  clock.setTimeout(() => t.fail('no timer is due'), 10);
  clock.jumpWall(60_000);
  await clock.advance(5);
  t.strictSame([clock.nowMs(), clock.wallMs()], [10, 60_010]);
  clock.jumpWall(-90_000);
  clock.stall(4);
  t.strictSame([clock.nowMs(), clock.wallMs()], [14, -29_986]);
});

t.test('a cleared timer does not run, others do', async (t) => {
  const clock = new SimulatedClock();
  const ran: number[] = [];
  const handles = Array.from({ length: 50 }, (_, index) =>
    clock.setTimeout(() => ran.push(index), index % 7),
  );
  handles.forEach((handle, index) => {
    if (index % 2 === 0) clock.clearTimeout(handle);
  });
  clock.clearTimeout(handles[0]);
  clock.clearTimeout(undefined);
  t.equal(clock.pendingTimers, 25);
  await clock.advance(6);
  t.strictSame(
    ran.toSorted((a, b) => a - b),
    Array.from({ length: 25 }, (_, index) => 2 * index + 1),
  );
  clock.clearTimeout(handles[1]);
});

t.test('everything that happens at the same time is one turn', async (t) => {
  const clock = new SimulatedClock();
  const turns: number[] = [];
  const note = () => turns.push(clock.turnNumber());
  for (const delayMs of [1, 1, 2]) clock.setTimeout(note, delayMs);
  clock.setTimeout(() => {
    clock.afterPoll(note);
    clock.stall(5);
    note();
  }, 2);
  await clock.advance(2);
  const [first, again, second, ...rest] = turns;
  t.equal(first, again);
  t.not(first, second);
  t.strictSame(
    rest,
    [second, (second ?? NaN) + 1],
    'a stall lengthens its turn, and then it is over',
  );
});

t.test('timers that timers set run within the same advance', async (t) => {
  const clock = new SimulatedClock();
  const atMs: number[] = [];
  const tick = () => {
    atMs.push(clock.nowMs());
    clock.setTimeout(tick, 10);
  };
  clock.setTimeout(tick, 10);
  await clock.advance(35);
  t.strictSame(atMs, [10, 20, 30]);
  t.equal(clock.nowMs(), 35);
});

t.test('all promises continue before the next timer runs, however long their chain', async (t) => {
  const clock = new SimulatedClock();
  const log: string[] = [];
  clock.setTimeout(() => {
    void (async () => {
      for (let turn = 0; turn < 1_000; turn++) await Promise.resolve();
      log.push('promises');
    })();
  }, 1);
  clock.setTimeout(() => log.push('timer'), 1);
  await clock.advance(1);
  t.strictSame(log, ['promises', 'timer']);
});

t.test('afterPoll runs after everything due now, and before what comes later', async (t) => {
  const clock = new SimulatedClock();
  const log: string[] = [];
  clock.setTimeout(() => {
    log.push('alarm');
    clock.afterPoll(() => log.push('polled'));
    clock.setTimeout(() => log.push('later'), 0);
  }, 5);
  clock.setTimeout(() => log.push('arrival'), 5);
  await clock.advance(5);
  t.strictSame(log, ['alarm', 'arrival', 'polled', 'later']);
});

t.test('after a stall everything overdue runs late, in order', async (t) => {
  const clock = new SimulatedClock();
  const log: string[] = [];
  clock.setTimeout(() => {
    log.push(`alarm@${clock.nowMs()}`);
    clock.afterPoll(() => log.push('polled'));
  }, 5);
  clock.setTimeout(() => log.push(`arrival@${clock.nowMs()}`), 6);
  clock.stall(1_000);
  t.strictSame(log, []);
  await clock.advance(0);
  t.strictSame(log, ['alarm@1000', 'arrival@1000', 'polled']);
  clock.setTimeout(() => {
    clock.stall(50);
  }, 10);
  await clock.advance(20);
  t.equal(clock.nowMs(), 1_060, 'time never goes back');
});

t.test('runUntil stops as soon as the promise has settled, and settles like it', async (t) => {
  const clock = new SimulatedClock();
  const after = (ms: number) =>
    new Promise<string>((resolve) => {
      clock.setTimeout(() => {
        resolve(`at ${clock.nowMs()}`);
      }, ms);
    });
  const last = after(60_000);
  t.equal(await clock.runUntil(after(30_000)), 'at 30000');
  t.equal(clock.pendingTimers, 1);
  t.equal(await clock.runUntil(Promise.resolve('already')), 'already');
  t.equal(clock.nowMs(), 30_000, 'no time was needed');
  await t.rejects(clock.runUntil(Promise.reject(new Error('no'))), { message: 'no' });
  t.equal(await clock.runUntil(last), 'at 60000');
});

t.test('runUntil reports when nothing is left to run', async (t) => {
  const clock = new SimulatedClock();
  clock.setTimeout(() => undefined, 25);
  await t.rejects(clock.runUntil(new Promise(() => undefined)), {
    message: 'Nothing is left to run at 25 ms, but the promise has not settled',
  });
});

t.test('a timer that throws rejects the step, and the next step works', async (t) => {
  const clock = new SimulatedClock();
  clock.setTimeout(() => {
    throw new Error('broken timer');
  }, 1);
  clock.setTimeout(() => undefined, 2);
  await t.rejects(clock.step(), { message: 'broken timer' });
  t.equal(await clock.step(), true);
});

t.test('a delay too long for a real timer is cut in the same way', async (t) => {
  const clock = new SimulatedClock();
  clock.setTimeout(() => undefined, Infinity);
  await clock.step();
  t.equal(clock.nowMs(), MAX_TIMER_DELAY_MS);
});

t.test('timers without end stop the run with an error', async (t) => {
  const clock = new SimulatedClock();
  let ticks = 0;
  const tick = () => {
    ticks += 1;
    clock.setTimeout(tick, 1);
  };
  tick();
  await t.rejects(clock.runUntil(new Promise(() => undefined), { maxSteps: 100 }), {
    message: 'The limit of 100 timers (maxSteps) was reached at 100 ms',
  });
  t.equal(ticks, 101);
  await t.rejects(clock.advance(1_000, { maxSteps: 100 }), {
    message: 'The limit of 100 timers (maxSteps) was reached at 200 ms',
  });
});
