import t from 'tap';
import type { AnyEventObject } from 'xstate';
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
    stepped: (_actor, event) => {
      told.push(event.type);
    },
  };
  const sampling = new Sampling(1);
  // From now on one in 4,096 is chosen.
  for (let number = 0; number < 4_096; number += 1) sampling.choose('f'.repeat(40));
  sampling.nextPeriod();
  return { told, follower: new Follower(records, sampling) };
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
