import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import t from 'tap';
import { Alarms, type Alarm } from '../../src/time/alarms.js';
import { MAX_TIMER_DELAY_MS, systemClock, type Clock } from '../../src/time/clock.js';
import { SimulatedClock } from '../../src/testing/clock.js';

const alarm = (ring: (nowMs: number) => void = () => undefined): Alarm => ({
  heapIndex: -1,
  ring,
});

/** Alarms on a simulated clock, and a log of which alarm rang when. */
function setUp() {
  const clock = new SimulatedClock();
  const alarms = new Alarms(clock);
  const log: string[] = [];
  const named = (name: string) => alarm((nowMs) => log.push(`${name}@${nowMs}`));
  return { clock, alarms, log, named };
}

t.test('alarms ring when they are due, equal ones in the order of setting', async (t) => {
  const { clock, alarms, log, named } = setUp();
  alarms.set(named('c'), 30);
  alarms.set(named('a'), 10);
  alarms.set(named('b'), 10);
  t.equal(alarms.size, 3);
  await clock.advance(9.9);
  t.strictSame(log, []);
  await clock.advance(30);
  t.strictSame(log, ['a@10', 'b@10', 'c@30']);
  t.equal(alarms.size, 0);
  t.equal(clock.pendingTimers, 0);
});

t.test('setting an alarm again moves it, behind equal ones', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const [a, b] = [named('a'), named('b')];
  alarms.set(a, 10);
  alarms.set(b, 20);
  alarms.set(a, 20);
  t.equal(alarms.size, 2);
  await clock.advance(20);
  t.strictSame(log, ['b@20', 'a@20']);
});

t.test(
  'unref releases the timer that is set, and those that are set later, until ref',
  async (t) => {
    const timers: { held: boolean }[] = [];
    const clock: Clock = {
      nowMs: () => 0,
      wallMs: () => 0,
      setTimeout: () => {
        const timer = {
          held: true,
          ref: () => (timer.held = true),
          unref: () => (timer.held = false),
        };
        timers.push(timer);
        return timer;
      },
      clearTimeout: () => undefined,
      afterPoll: () => undefined,
    };
    const alarms = new Alarms(clock);
    alarms.unref();
    alarms.set(alarm(), 30);
    alarms.set(alarm(), 20);
    t.strictSame(
      timers.map(({ held }) => held),
      [false, false],
    );
    alarms.ref();
    alarms.set(alarm(), 10);
    t.strictSame(
      timers.map(({ held }) => held),
      [false, true, true],
    );
    alarms.unref();
    t.equal(timers.at(-1)?.held, false);
  },
);

t.test(
  'alarms of a clock whose timers are not objects can be unreferenced, without effect',
  (t) => {
    const alarms = new Alarms({
      ...systemClock,
      setTimeout: () => 7,
      clearTimeout: () => undefined,
    });
    alarms.set(alarm(), 10);
    alarms.unref();
    alarms.ref();
    alarms.close();
    t.end();
  },
);

t.test('clearing removes an alarm, once or twice', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const [a, b] = [named('a'), named('b')];
  alarms.clear(a);
  alarms.set(a, 10);
  alarms.set(b, 20);
  alarms.clear(a);
  alarms.clear(a);
  t.equal(a.heapIndex, -1);
  t.equal(alarms.size, 1);
  await clock.advance(20);
  t.strictSame(log, ['b@20']);
  t.equal(b.heapIndex, -1);
});

t.test('a time in the past rings at once, but not within set', async (t) => {
  const { clock, alarms, log, named } = setUp();
  await clock.advance(100);
  alarms.set(named('late'), 50);
  alarms.set(named('later'), -Infinity);
  t.strictSame(log, []);
  await clock.advance(0);
  t.strictSame(log, ['later@100', 'late@100']);
});

t.test('an alarm at an invalid time is refused', async (t) => {
  const { alarms } = setUp();
  const a = alarm();
  alarms.set(a, 1);
  t.throws(() => alarms.set(a, NaN), { message: 'An alarm cannot be due at NaN' });
  t.equal(alarms.size, 1, 'and stays as it was');
});

/** Counts the real timers that a clock sets. */
function counted(clock: Clock) {
  const delaysMs: number[] = [];
  const counting: Clock = {
    ...clock,
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    setTimeout: (callback, delayMs) => {
      delaysMs.push(delayMs);
      return clock.setTimeout(callback, delayMs);
    },
    clearTimeout: (handle) => {
      clock.clearTimeout(handle);
    },
    afterPoll: (callback) => {
      clock.afterPoll(callback);
    },
  };
  return { counting, delaysMs };
}

t.test('a thousand calls that are answered in time set one real timer', async (t) => {
  const clock = new SimulatedClock();
  const { counting, delaysMs } = counted(clock);
  const alarms = new Alarms(counting);
  for (let call = 0; call < 1_000; call++) {
    const deadline = alarm(() => t.fail('it was answered'));
    alarms.set(deadline, clock.nowMs() + 5_000);
    await clock.advance(1);
    alarms.clear(deadline);
  }
  t.strictSame(delaysMs, [5_000]);
  await clock.advance(10_000);
  t.equal(clock.pendingTimers, 0, 'with nothing set, none is armed anew');
});

t.test('an earlier alarm takes over the timer', async (t) => {
  const { clock, alarms, log, named } = setUp();
  alarms.set(named('b'), 1_000);
  alarms.set(named('a'), 10);
  t.equal(clock.pendingTimers, 1);
  await clock.advance(10);
  t.strictSame(log, ['a@10']);
  await clock.advance(990);
  t.strictSame(log, ['a@10', 'b@1000']);
});

t.test('alarms set while alarms ring, or wait for the poll, share one new timer', async (t) => {
  for (const whileRinging of [true, false]) {
    const clock = new SimulatedClock();
    const { counting, delaysMs } = counted(clock);
    const alarms = new Alarms(counting);
    const setThree = () => {
      for (const inMs of [30, 20, 10]) alarms.set(alarm(), clock.nowMs() + inMs);
    };
    alarms.set(alarm(whileRinging ? setThree : undefined), 5);
    if (!whileRinging) clock.setTimeout(setThree, 5);
    await clock.advance(5);
    t.equal(alarms.size, 3);
    t.strictSame(delaysMs, [5, 10]);
  }
});

t.test('an alarm beyond the longest timer rings at its time', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const dueMs = 3 * MAX_TIMER_DELAY_MS;
  alarms.set(named('far'), dueMs);
  alarms.set(named('never'), Infinity);
  await clock.advance(dueMs - 1);
  t.strictSame(log, []);
  await clock.advance(1);
  t.strictSame(log, [`far@${dueMs}`]);
  t.equal(alarms.size, 1);
});

t.test('an alarm that throws prevents no other, and its error is not hidden', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const broken = (message: string) =>
    alarm(() => {
      throw new Error(message);
    });
  alarms.set(broken('one'), 10);
  alarms.set(named('a'), 10);
  alarms.set(named('b'), 20);
  await t.rejects(clock.advance(10), { message: 'one' });
  t.strictSame(log, ['a@10']);
  alarms.set(broken('two'), 20);
  alarms.set(broken('three'), 20);
  await t.rejects(clock.advance(10), {
    message: '2 alarms threw',
    errors: [{ message: 'two' }, { message: 'three' }],
  });
  t.strictSame(log, ['a@10', 'b@20']);
});

t.test('a ringing alarm may set and clear others, and itself', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const [cleared, moved] = [named('cleared'), named('moved')];
  let rings = 0;
  const self: Alarm = alarm((nowMs) => {
    log.push(`self@${nowMs}`);
    alarms.clear(cleared);
    alarms.set(moved, 15);
    alarms.set(named('new'), nowMs + 1);
    if (++rings < 3) alarms.set(self, nowMs);
  });
  alarms.set(self, 10);
  alarms.set(cleared, 10);
  alarms.set(moved, 10);
  alarms.set(named('last'), 10);
  await clock.advance(20);
  t.strictSame(log, [
    'self@10',
    'last@10',
    'self@10',
    'self@10',
    'new@11',
    'new@11',
    'new@11',
    'moved@15',
  ]);
});

t.test('an alarm that sets itself into the past does not make others wait', async (t) => {
  const { clock, alarms, log, named } = setUp();
  let rings = 0;
  const greedy: Alarm = alarm(() => {
    if (++rings < 100) alarms.set(greedy, -Infinity);
  });
  alarms.set(greedy, 10);
  alarms.set(named('patient'), 10);
  while (log.length === 0) await clock.step();
  t.equal(rings, 1);
  await clock.advance(20);
  t.equal(rings, 100);
});

t.test('close clears everything, for good', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const a = named('a');
  alarms.set(a, 10);
  alarms.close();
  t.equal(alarms.size, 0);
  t.equal(a.heapIndex, -1);
  t.equal(clock.pendingTimers, 0);
  alarms.clear(a);
  alarms.set(a, 10);
  t.equal(alarms.size, 0, 'nothing can be set any more');
  t.equal(clock.pendingTimers, 0);
  alarms.close();
  await clock.advance(20);
  t.strictSame(log, []);
});

t.test('close during ringing, or before the poll, ends the ringing', async (t) => {
  const { clock, alarms, log, named } = setUp();
  alarms.set(
    alarm(() => alarms.close()),
    10,
  );
  alarms.set(named('after'), 10);
  await clock.advance(20);
  t.equal(clock.pendingTimers, 0);

  const other = new Alarms(clock);
  other.set(named('polled'), 30);
  clock.setTimeout(() => {
    other.close();
  }, 10);
  await clock.advance(20);
  t.strictSame(log, []);
});

t.test('what arrived by the deadline is handled before the alarm', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const deadline = named('timed out');
  alarms.set(deadline, 10);
  clock.setTimeout(() => {
    alarms.clear(deadline);
  }, 10);
  await clock.advance(20);
  t.strictSame(log, []);
});

t.test('what becomes due while the sockets are polled waits for the next poll', async (t) => {
  const { clock, alarms, log, named } = setUp();
  const deadline = named('timed out');
  alarms.set(named('a'), 10);
  alarms.set(deadline, 12);
  // The poll at 10 takes 5 ms, in which the answer arrives.
  clock.setTimeout(() => {
    clock.stall(5);
    clock.setTimeout(() => {
      alarms.clear(deadline);
    }, 0);
  }, 10);
  await clock.advance(20);
  t.strictSame(log, ['a@15']);
});

t.test('a thousand answers that wait in the kernel after a stall are all handled', async (t) => {
  for (const { drained, rang } of [
    { drained: true, rang: false },
    { drained: false, rang: true },
  ]) {
    const server = createSocket('udp4');
    const client = createSocket('udp4');
    let received = 0;
    let rungAfter = -1;
    const alarms = new Alarms(systemClock, drained ? () => received : undefined);
    client.on('message', () => (received += 1));
    server.bind(0, '127.0.0.1');
    client.bind(0, '127.0.0.1');
    await Promise.all([once(server, 'listening'), once(client, 'listening')]);
    client.setRecvBufferSize(4 * 1024 * 1024);
    const handedOver = Array.from(
      { length: 1_000 },
      () =>
        new Promise((resolve) => {
          server.send('answer', client.address().port, '127.0.0.1', resolve);
        }),
    );
    await Promise.all(handedOver);
    t.equal(received, 0, 'all of them are in the kernel');
    await new Promise<void>((resolve) => {
      const ring = () => {
        rungAfter = received;
        resolve();
      };
      alarms.set(alarm(ring), systemClock.nowMs());
    });
    t.equal(rungAfter < 1_000, rang, `it rang after ${rungAfter} answers`);
    alarms.close();
    server.close();
    client.close();
  }
});

t.test('a flood does not delay alarms for ever', async (t) => {
  const clock = new SimulatedClock();
  let received = 0;
  const alarms = new Alarms(clock, () => (received += 32));
  let rings = 0;
  alarms.set(
    alarm(() => (rings += 1)),
    10,
  );
  for (let steps = 0; rings === 0 && steps < 1_000; steps++) await clock.step();
  t.equal(rings, 1);
});

t.test('however alarms are set, moved and cleared, they ring as a sorted list would', async (t) => {
  interface Model {
    /** In ringing order. */
    readonly due: { id: number; dueMs: number; order: number }[];
    nextOrder: number;
  }
  const anyId = fc.nat(30);
  const command = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), id: anyId, inMs: fc.nat(50) }),
    fc.record({ kind: fc.constant('clear' as const), id: anyId }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(20) }),
  );
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 200, size: 'max' }), async (commands) => {
        const clock = new SimulatedClock();
        const alarms = new Alarms(clock);
        const model: Model = { due: [], nextOrder: 0 };
        const rung: number[] = [];
        const expected: number[] = [];
        const all = Array.from({ length: 31 }, (_, id) => alarm(() => rung.push(id)));
        const drop = (id: number) => {
          const index = model.due.findIndex((entry) => entry.id === id);
          if (index >= 0) model.due.splice(index, 1);
        };
        for (const command of commands) {
          if (command.kind === 'advance') {
            const untilMs = clock.nowMs() + command.ms;
            await clock.advance(command.ms);
            while ((model.due[0]?.dueMs ?? Infinity) <= untilMs) {
              expected.push(model.due.shift()?.id ?? -1);
            }
          } else {
            const one = all[command.id] as Alarm;
            drop(command.id);
            if (command.kind === 'clear') {
              alarms.clear(one);
            } else {
              const dueMs = clock.nowMs() + command.inMs;
              alarms.set(one, dueMs);
              model.due.push({ id: command.id, dueMs, order: model.nextOrder++ });
              model.due.sort((a, b) => a.dueMs - b.dueMs || a.order - b.order);
            }
          }
          if (alarms.size !== model.due.length) return false;
          if (JSON.stringify(rung) !== JSON.stringify(expected)) return false;
          const isSet = new Set(model.due.map(({ id }) => id));
          if (all.some(({ heapIndex }, id) => heapIndex >= 0 !== isSet.has(id))) return false;
        }
        alarms.close();
        return clock.pendingTimers === 0;
      }),
      { numRuns: 200 },
    ),
  );
});

t.test('the sockets are polled after each 1,024 alarms that are due', async (t) => {
  const clock = new SimulatedClock();
  const rung: number[] = [];
  let polls = 0;
  const counting: Clock = {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (handle) => clock.clearTimeout(handle),
    afterPoll: (callback) => {
      polls += 1;
      clock.afterPoll(callback);
    },
  };
  const alarms = new Alarms(counting);
  for (let id = 0; id < 2_500; id++) {
    alarms.set({ heapIndex: -1, ring: () => rung.push(polls) }, 10);
  }
  await clock.advance(10);
  t.equal(rung.length, 2_500);
  t.strictSame([rung[0], rung[1_023], rung[1_024], rung[2_047], rung[2_048]], [1, 1, 2, 2, 3]);
  alarms.close();
});

t.test('a timer that was lost is replaced when the next alarm is set', async (t) => {
  for (const [delayMs, otherMs] of [
    [50, 50],
    [50, 5_000],
    [5_000, 50],
  ] as const) {
    const clock = new SimulatedClock();
    let isLosing = false;
    const losing: Clock = {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      setTimeout: (callback, ms) => (isLosing ? undefined : clock.setTimeout(callback, ms)),
      clearTimeout: (handle) => clock.clearTimeout(handle),
      afterPoll: (callback) => clock.afterPoll(callback),
    };
    const alarms = new Alarms(losing);
    const rung: string[] = [];
    isLosing = true;
    alarms.set(
      alarm(() => rung.push('lost')),
      20,
    );
    isLosing = false;
    alarms.set(
      alarm(() => rung.push('other')),
      otherMs,
    );
    await clock.advance(1_300);
    t.strictSame(rung, []);
    alarms.set(
      alarm(() => rung.push('next')),
      clock.nowMs() + delayMs,
    );
    await clock.advance(delayMs);
    t.strictSame(rung.slice(0, 1), ['lost'], `${delayMs} ms after one of ${otherMs} ms`);
    t.ok(rung.includes('next'));
    alarms.close();
  }
});
