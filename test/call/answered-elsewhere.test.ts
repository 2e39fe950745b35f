/** An answer with the right id from another address settles nothing, but its call knows of it. */
import t from 'tap';
import type { CallReport } from '../../src/api/call-report.js';
import { CallError } from '../../src/api/outcome.js';
import { explainVerdict, VERDICTS } from '../../src/api/verdict.js';
import { verdictOf } from '../../src/call/verdict.js';
import { namesOf } from '../../src/vocabulary.js';
import { answerTo } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A client, the peer that it asks, and another address of the peer's host. */
async function twoAddresses(world: World) {
  const asked = await world.raw('10.0.2.1');
  const other = await world.raw('10.0.2.2', 7);
  const client = await world.endpoint({ timeoutMs: 100, lingerMs: 1_000 });
  const peer = client.peer(asked.address);
  const answerElsewhere = (index: number, value: unknown): void => {
    const { datagram, from } = asked.received[index]!;
    other.send(answerTo(datagram, value), from);
  };
  return { asked, other, client, peer, answerElsewhere };
}

t.test(
  'the call times out, and says from where an answer came, once',
  inWorld(async (t, world) => {
    const { client, peer, answerElsewhere } = await twoAddresses(world);
    const heard: CallReport[] = [];
    peer.on('call.answeredElsewhere', (report) => heard.push(report));
    const call = peer.call('x', [], { reference: 'mine' });
    const ofCall: string[] = [];
    call.on('*', ({ type }) => ofCall.push(type));
    await world.settle();
    for (let times = 0; times < 5; times++) answerElsewhere(0, 'not taken');
    await world.settle();
    t.equal(call.state, 'awaiting', 'it settles nothing');
    t.strictSame(await world.clock.runUntil(call), {
      state: 'timedOut',
      verdict: 'answeredElsewhere',
      executed: 'maybe',
      timeoutMs: 100,
      attempts: 1,
      answeredFrom: '10.0.2.2:7',
    });
    const { transactionId } = call;
    t.strictSame(heard, [
      {
        type: 'call.answeredElsewhere',
        from: '10.0.2.2:7',
        procedure: 'x',
        peer: '10.0.2.1:2000',
        transactionId,
        reference: 'mine',
      },
    ]);
    t.strictSame(ofCall, ['call.answeredElsewhere', 'call.timedOut']);
    t.equal(client.stats().fates['response.wrongPeer'], 5);
    await t.rejects(call.value(), CallError);
    await t.rejects(call.value(), {
      message: /timed out after 100 ms \(answeredElsewhere; an answer came from 10\.0\.2\.2:7\)/,
    });
  }),
);

t.test(
  'an answer from elsewhere after the time-out is reported, and changes no outcome',
  inWorld(async (t, world) => {
    const { asked, peer, answerElsewhere } = await twoAddresses(world);
    const heard: string[] = [];
    peer.on('*', ({ type }) => type.startsWith('call.') && heard.push(type));
    const call = peer.call('x');
    await world.settle();
    t.match(await world.clock.runUntil(call), { verdict: 'peerSilent' });
    answerElsewhere(0, 'not taken');
    await world.settle();
    t.equal((await call).state, 'timedOut');
    t.notOk('answeredFrom' in (await call));
    asked.answer(0, 'late');
    await world.settle();
    t.strictSame(heard, ['call.timedOut', 'call.answeredElsewhere', 'call.late']);
  }),
);

t.test(
  'the true answer still settles the call, however many others came first',
  inWorld(async (t, world) => {
    const { asked, peer, answerElsewhere } = await twoAddresses(world);
    const call = peer.call('x');
    await world.settle();
    answerElsewhere(0, 'forged');
    await world.settle();
    asked.answer(0, 'true');
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'true' });
  }),
);

t.test(
  'the health of a silent peer is blamed as if no answer had come from elsewhere',
  inWorld(async (t, world) => {
    const { peer, answerElsewhere } = await twoAddresses(world);
    const healths: string[] = [];
    for (let index = 0; index < 3; index++) {
      const call = peer.call('x');
      await world.settle();
      answerElsewhere(index, 'not taken');
      t.match(await world.clock.runUntil(call), { verdict: 'answeredElsewhere' });
      healths.push(peer.health);
    }
    t.strictSame(healths, ['suspect', 'suspect', 'silent']);
  }),
);

t.test('it takes the place of the two verdicts that blame the peer, and of no other', async (t) => {
  const sent = { sentAtMs: 100, probed: false, notAskedAgain: false };
  const evidence = { ...sent, unreachable: false, lagMs: 0, timeoutMs: 1_000 };
  const elsewhere = { ...evidence, heardAtMs: undefined, answeredFrom: '10.0.2.2:7' };
  t.equal(verdictOf(elsewhere), 'answeredElsewhere');
  t.equal(verdictOf({ ...elsewhere, heardAtMs: 100 }), 'answeredElsewhere');
  t.equal(verdictOf({ ...elsewhere, heardAtMs: 100, unreachable: true }), 'answeredElsewhere');
  t.equal(verdictOf({ ...elsewhere, sentAtMs: undefined }), 'neverSent');
  t.equal(verdictOf({ ...elsewhere, lagMs: 500 }), 'localLoopBlocked');
  t.equal(verdictOf({ ...elsewhere, unreachable: true }), 'unreachable');
  for (const sentAtMs of [undefined, 100]) {
    for (const unreachable of [true, false]) {
      for (const heardAtMs of [undefined, 100]) {
        for (const lagMs of [0, 500]) {
          const given = { ...evidence, sentAtMs, unreachable, heardAtMs, lagMs };
          const before = verdictOf({ ...given, answeredFrom: undefined });
          const after = verdictOf({ ...given, answeredFrom: '10.0.2.2:7' });
          t.equal(VERDICTS[after].blamesPeer, VERDICTS[before].blamesPeer, before);
        }
      }
    }
  }
});

t.test('the words of every verdict name the other address', async (t) => {
  for (const verdict of namesOf(VERDICTS)) {
    const words = explainVerdict(verdict, '10.0.2.2:7');
    t.ok(words.startsWith(VERDICTS[verdict].words), verdict);
    t.match(words, /10\.0\.2\.2:7$/);
  }
});
