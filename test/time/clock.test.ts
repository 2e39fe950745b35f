import t from 'tap';
import type { Test } from 'tap';
import { MAX_TIMER_DELAY_MS, systemClock } from '../../src/time/clock.js';

const later = (delayMs: number) =>
  new Promise<void>((resolve) => {
    systemClock.setTimeout(resolve, delayMs);
  });

t.test('time never goes back, and has fractions', async (t) => {
  let lastMs = systemClock.nowMs();
  let sawFraction = false;
  for (let reading = 0; reading < 1_000; reading++) {
    const nowMs = systemClock.nowMs();
    if (nowMs < lastMs) t.fail(`${nowMs} came after ${lastMs}`);
    if (!Number.isInteger(nowMs)) sawFraction = true;
    lastMs = nowMs;
  }
  t.ok(sawFraction);
});

t.test('the time of day is that of Date', async (t) => {
  const beforeMs = Date.now();
  const wallMs = systemClock.wallMs();
  t.ok(wallMs >= beforeMs && wallMs <= Date.now(), `${wallMs} ms`);
});

t.test('a timer never fires before its time', async (t) => {
  for (let delayMs = 0; delayMs < 5; delayMs += 0.3) {
    const startMs = systemClock.nowMs();
    await later(delayMs);
    const tookMs = systemClock.nowMs() - startMs;
    t.ok(tookMs >= delayMs, `${tookMs} ms for a delay of ${delayMs} ms`);
  }
});

t.test('a cleared timer does not fire, and clearing nothing has no effect', async (t) => {
  const handle = systemClock.setTimeout(() => t.fail('it was cleared'), 0);
  systemClock.clearTimeout(handle);
  systemClock.clearTimeout(handle);
  systemClock.clearTimeout(undefined);
  await later(2);
});

/** The warnings that Node gives during the test `t`. */
function warningsDuring(t: Test): Error[] {
  const warnings: Error[] = [];
  const keep = (warning: Error) => warnings.push(warning);
  process.on('warning', keep);
  t.teardown(() => process.off('warning', keep));
  return warnings;
}

t.test('what was due before now fires at once', async (t) => {
  const warnings = warningsDuring(t);
  for (const delayMs of [-0.5, -3, -Infinity]) await later(delayMs);
  await later(1);
  t.strictSame(warnings, [], 'later Nodes warn of a delay below 0');
});

t.test('the longest delay does not overflow into a short one', async (t) => {
  const warnings = warningsDuring(t);
  for (const delayMs of [MAX_TIMER_DELAY_MS, MAX_TIMER_DELAY_MS + 1, Infinity]) {
    const handle = systemClock.setTimeout(() => t.fail('it fired at once'), delayMs);
    t.teardown(() => {
      systemClock.clearTimeout(handle);
    });
  }
  await later(3);
  t.strictSame(warnings, [], 'Node had no delay to cut');
});

t.test('a turn has one number, promises included, and no later turn has it', async (t) => {
  const number = () => systemClock.turnNumber?.();
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      systemClock.afterPoll(resolve);
    });
  await turn();
  const first = number();
  t.type(first, 'number');
  const until = systemClock.nowMs() + 5;
  while (systemClock.nowMs() < until);
  await Promise.resolve();
  t.equal(number(), first, 'however long it lasts');
  const seen = new Set([first]);
  for (let turns = 1; turns <= 5; turns += 1) {
    await turn();
    seen.add(number());
    t.equal(seen.size, 1 + turns);
  }
  await later(1);
  seen.add(number());
  t.equal(seen.size, 7);
});

t.test('afterPoll runs after the current code and its promises', async (t) => {
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    systemClock.afterPoll(() => {
      order.push('polled');
      resolve();
    });
    void Promise.resolve().then(() => order.push('promise'));
    order.push('code');
  });
  t.strictSame(order, ['code', 'promise', 'polled']);
});
