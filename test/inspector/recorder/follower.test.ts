import t from 'tap';
import type { AnyEventObject } from 'xstate';
import { Failures } from '../../../src/inspector/recorder/failures.js';
import { Follower } from '../../../src/inspector/recorder/follower.js';
import type { ActorRecords } from '../../../src/inspector/recorder/follower.js';
import { Sampling } from '../../../src/inspector/recorder/sampling.js';

/** The parts of an actor that a follower uses. */
class FakeActor {
  state = 'running';
  done = false;
  readonly transactionId: string;

  constructor(lastDigits: string) {
    this.transactionId = lastDigits.padStart(40, '0');
  }
}

const FAILURE = { of: 'call', procedure: 'echo', peer: 'p', state: 'failed', reason: '' } as const;

function follow(onMade: (actor: FakeActor) => void = () => undefined) {
  const told: string[] = [];
  const records: ActorRecords<FakeActor> = {
    transactionOf: () => ({ procedure: '', hasMasked: false }),
    made: (actor) => {
      told.push('made');
      onMade(actor);
    },
    past: (_actor, _transaction, event?: AnyEventObject) => {
      told.push(`past ${event?.type ?? ''}`);
    },
    failureOf: ({ state }) => (state === 'failed' ? FAILURE : undefined),
    failsWith: (_actor, { type }) => type === 'failed',
    stepped: (_actor, event) => {
      told.push(event.type);
    },
  };
  const sampling = new Sampling(1);
  // From now on one in 4,096 is chosen.
  for (let number = 0; number < 4_096; number += 1) sampling.choose('f'.repeat(40));
  sampling.nextPeriod();
  const failures = new Failures(125);
  return { told, failures, follower: new Follower(records, sampling, failures) };
}

t.test(
  'an actor that was not chosen is shown at the first notable event, and not counted',
  async (t) => {
    const { told, follower } = follow();
    const actor = new FakeActor('1');
    follower.started(actor);
    follower.stepped(actor, { type: 'accepted' });
    t.equal(follower.skipped, 1);
    t.strictSame(told, []);
    follower.stepped(actor, { type: 'retransmitted' });
    follower.stepped(actor, { type: 'answered' });
    t.equal(follower.skipped, 0);
    t.strictSame(told, ['made', 'past retransmitted', 'retransmitted', 'answered']);
  },
);

t.test('an actor that has ended is released', async (t) => {
  const { told, follower } = follow();
  const actor = new FakeActor('000');
  follower.started(actor);
  actor.done = true;
  follower.stepped(actor, { type: 'answered' });
  follower.stepped(actor, { type: 'answered' });
  t.strictSame(told, ['made', 'answered']);
});

t.test('an actor that is made to step while it is recorded is recorded once', async (t) => {
  const { told, follower } = follow((actor) => {
    actor.done = true;
    follower.stepped(actor, { type: 'cancel' });
  });
  follower.started(new FakeActor('000'));
  t.strictSame(told, ['made', 'cancel']);
  t.equal(follower.skipped, 0);
});

t.test('above the limit, the latest actors are shown and the others counted', async (t) => {
  const { told, follower } = follow();
  const living = Array.from({ length: 10_050 }, (_, number) => new FakeActor(String(number)));
  follower.found(living);
  t.equal(told.filter((one) => one === 'made').length, 10_000);
  t.equal(follower.skipped, 50);
  const [first] = living;
  if (first === undefined) return;
  first.state = 'late';
  follower.stepped(first, { type: 'answered' });
  t.equal(follower.skipped, 49);
  t.strictSame(
    told.slice(-3),
    ['made', 'past answered', 'answered'],
    'a late one is shown even so',
  );
});

/** Actors that are not chosen, and fail. */
function fail(follower: Follower<FakeActor>, count: number): FakeActor[] {
  return Array.from({ length: count }, () => {
    const actor = new FakeActor('1');
    follower.started(actor);
    actor.state = 'failed';
    follower.stepped(actor, { type: 'failed' });
    return actor;
  });
}

t.test('of those that fail, the first ones are shown and the others counted', async (t) => {
  const { told, failures, follower } = follow();
  fail(follower, 1_000);
  t.equal(told.filter((one) => one === 'made').length, 20);
  t.equal(told.filter((one) => one === 'failed').length, 20);
  t.equal(follower.skipped, 980, 'the shown and the counted together are all');
  t.match(failures.takeChanged(), [{ count: 1_000, shown: 20 }]);
});

t.test('one that failed and was only counted may be shown for what comes later', async (t) => {
  const { told, failures, follower } = follow();
  const last = fail(follower, 100).at(-1);
  failures.takeChanged();
  if (last === undefined) return;
  last.state = 'late';
  follower.stepped(last, { type: 'answered' });
  t.strictSame(told.slice(-3), ['made', 'past answered', 'answered']);
  t.equal(follower.skipped, 79);
});

t.test('of those with a sign of trouble no more are shown than of a failure', async (t) => {
  const { told, follower } = follow();
  for (let number = 0; number < 1_000; number += 1) {
    const actor = new FakeActor('1');
    follower.started(actor);
    follower.stepped(actor, { type: 'retransmitted' });
  }
  t.equal(told.filter((one) => one === 'made').length, 20);
  t.equal(follower.skipped, 980);
});
