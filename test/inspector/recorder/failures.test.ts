import t from 'tap';
import { Failures } from '../../../src/inspector/recorder/failures.js';
import type { Failure } from '../../../src/inspector/recorder/failures.js';

const MAILBOX_FULL: Failure = {
  of: 'call',
  procedure: 'echo',
  peer: '10.0.0.1:1',
  state: 'unsent',
  reason: 'ERR_RPCUDP_MAILBOX_FULL',
};

function count(failures: Failures, failure: Failure, times: number): number {
  let shown = 0;
  for (let n = 0; n < times; n += 1) if (failures.count(failure, false)) shown += 1;
  return shown;
}

t.test('the first ones of a kind are shown whole, and all are counted', async (t) => {
  const failures = new Failures(125);
  t.equal(count(failures, MAILBOX_FULL, 20), 20);
  t.strictSame(failures.takeChanged(), [], 'while all are shown, there is nothing to tell');
  t.equal(count(failures, MAILBOX_FULL, 95_979), 0);
  t.strictSame(failures.takeChanged(), [
    { type: 'failures', ...MAILBOX_FULL, count: 95_999, shown: 20 },
  ]);
  t.strictSame(failures.takeChanged(), [], 'it is told once');
});

t.test('later a few of a kind are shown in each period', async (t) => {
  const failures = new Failures(125);
  count(failures, MAILBOX_FULL, 1_000);
  let shown = 0;
  for (let period = 0; period < 100; period += 1) {
    failures.nextPeriod();
    shown += count(failures, MAILBOX_FULL, 1_000);
  }
  t.equal(shown, 250, 'a fiftieth of what is shown of all kinds');
});

t.test('a storm of one kind takes nothing from another', async (t) => {
  const failures = new Failures(125);
  count(failures, MAILBOX_FULL, 100_000);
  t.equal(count(failures, { ...MAILBOX_FULL, state: 'timedOut', reason: 'peerSilent' }, 5), 5);
  t.equal(count(failures, { ...MAILBOX_FULL, peer: '10.0.0.2:1' }, 5), 5);
});

t.test('all kinds together show no more than a period may have', async (t) => {
  const failures = new Failures(125);
  let shown = 0;
  for (let peer = 0; peer < 100; peer += 1) {
    shown += count(failures, { ...MAILBOX_FULL, peer: `10.0.0.${peer}:1` }, 20);
  }
  t.equal(shown, 125);
});

t.test('those that are shown anyway are counted as shown', async (t) => {
  const failures = new Failures(1);
  t.ok(failures.count(MAILBOX_FULL, true));
  count(failures, MAILBOX_FULL, 100);
  failures.shownLater(MAILBOX_FULL);
  t.match(failures.takeChanged(), [{ count: 101, shown: 22 }]);
});

t.test('names and reasons of strangers take bounded memory, and nothing is lost', async (t) => {
  const failures = new Failures(1);
  let made = 0;
  for (let number = 0; number < 2_000; number += 1) {
    const reason = `${number}${'x'.repeat(1_000)}`;
    const strange = { of: 'handler', procedure: `p${number}`, peer: `10.0.0.1:${number}` } as const;
    count(failures, { ...strange, state: 'failed', reason }, 2);
    made += 2;
  }
  const told: ReturnType<typeof failures.takeChanged> = [];
  while (failures.hasMore) told.push(...failures.takeChanged());
  t.ok(told.length <= 401, String(told.length));
  const counted = told.reduce((sum, record) => sum + record.count, 0);
  t.ok(made - counted <= 20, `${counted} of ${made}: kinds of which all are shown are not told`);
  t.ok(told.every(({ reason }) => reason.length <= 100));
  t.ok(told.some(({ procedure, peer, reason }) => `${procedure}${peer}${reason}` === '***'));
});

t.test('without a limit everything is shown', async (t) => {
  const failures = new Failures(Infinity);
  t.equal(count(failures, MAILBOX_FULL, 10_000), 10_000);
  failures.nextPeriod();
  t.equal(count(failures, MAILBOX_FULL, 10_000), 10_000);
});

t.test('signs of trouble have allowances of their own', async (t) => {
  const failures = new Failures(125);
  const admitted = (sign: string) =>
    Array.from({ length: 100 }, () => failures.admitsSign(sign)).filter(Boolean).length;
  t.equal(admitted('retransmitted'), 20);
  t.equal(admitted('overdue'), 20);
});

t.test('kinds that take turns are told apart', async (t) => {
  const failures = new Failures(125);
  const parts = [{ peer: 'b' }, { procedure: 'add' }, { state: 'lost' }, { reason: 'r' }] as const;
  for (let turn = 0; turn < 100; turn += 1) {
    count(failures, MAILBOX_FULL, 1);
    for (const part of parts) count(failures, { ...MAILBOX_FULL, ...part }, 1);
    count(failures, { ...MAILBOX_FULL, of: 'handler' }, 1);
  }
  const told = failures.takeChanged();
  t.equal(told.length, 6);
  t.ok(told.every((record) => record.count === 100));
});
