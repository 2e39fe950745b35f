import t from 'tap';
import { saysUnreachable, verdictOf } from '../../src/call/verdict.js';
import { blamesPeer } from '../../src/api/verdict.js';
import { request } from '../fixtures/raw-peer.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'neverSent: the call waited for its turn until the end, and nothing of it lingers',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1 });
    const peer = client.peer(raw.address);
    const first = peer.call('first', [], { timeoutMs: 500 });
    const queued = peer.call('queued', [], { timeoutMs: 100 });
    t.strictSame(await world.clock.runUntil(queued), {
      state: 'timedOut',
      verdict: 'neverSent',
      executed: 'no',
      timeoutMs: 100,
      attempts: 0,
    });
    t.equal(world.clock.nowMs(), 100, 'the time in the mailbox counts');
    t.match([queued.state, peer.queued], ['lost', 0]);
    t.equal(peer.health, 'unknown', 'a call that was never sent says nothing about the peer');
    await world.clock.runUntil(first);
    t.equal(raw.received.length, 1);
  }),
);

t.test(
  'peerAliveButSlow: the peer was heard from after the request was sent',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const [slow, quick] = [peer.call('slow'), peer.call('quick')];
    await world.settle();
    raw.answer(1, 'here');
    t.match(await world.clock.runUntil(quick), { state: 'resolved' });
    t.match(await world.clock.runUntil(slow), { verdict: 'peerAliveButSlow', executed: 'maybe' });
  }),
);

t.test(
  "peerAliveButSlow: the peer's own requests are signs of life",
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        slow: async ({ sender, endpoint }) => {
          await endpoint.peer(sender).call('ping');
          return new Promise(() => undefined);
        },
      },
    });
    const client = await world.endpoint({ timeoutMs: 100, handlers: { ping: () => 'pong' } });
    const call = client.peer(server.address).call('slow');
    t.match(await world.clock.runUntil(call), { verdict: 'peerAliveButSlow' });
  }),
);

t.test(
  'peerSilent: datagrams from before the request was sent prove nothing',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const first = peer.call('first');
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(first);
    await world.clock.advance(1);
    t.match(await world.clock.runUntil(peer.call('second')), { verdict: 'peerSilent' });
  }),
);

t.test(
  'localLoopBlocked: the time-out was noticed late, by half of its length',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const call = client.peer(raw.address).call('x');
    await world.settle();
    world.clock.stall(160);
    t.match(await world.clock.runUntil(call), { verdict: 'localLoopBlocked', executed: 'maybe' });
    const again = client.peer(raw.address).call('x');
    await world.settle();
    world.clock.stall(140);
    t.match(await world.clock.runUntil(again), { verdict: 'peerSilent' }, 'a shorter stall');
  }),
);

t.test(
  'an answer that arrived while the loop was blocked wins over the time-out',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const call = client.peer(raw.address).call('x');
    await world.settle();
    raw.answer(0, 'in time');
    world.clock.stall(1_000);
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'in time' });
  }),
);

const refusal = (code: string) => Object.assign(new Error(`send ${code}`), { code });

/** The errors of a system that has no route, and errors for other reasons. */
const NO_WAY = [
  ...['EACCES', 'EADDRNOTAVAIL', 'EHOSTDOWN', 'EHOSTUNREACH'],
  ...['ENETDOWN', 'ENETUNREACH', 'EPERM'],
];
const OTHER_WAYS = [
  ...['ENOBUFS', 'EAGAIN', 'ENOMEM', 'EMSGSIZE', 'EINVAL', 'ECONNREFUSED'],
  ...['ERR_RPCUDP_SEND_QUEUE_FULL', 'ERR_SOCKET_DGRAM_NOT_RUNNING'],
];

t.test('only some errors mean that there is no route', async (t) => {
  for (const code of NO_WAY) t.equal(saysUnreachable(refusal(code)), true, code);
  for (const code of OTHER_WAYS) t.equal(saysUnreachable(refusal(code)), false, code);
  t.equal(saysUnreachable(new Error('without a code')), false);
});

t.test('probeUnanswered: the request was not sent, because no probe was answered', async (t) => {
  const evidence = {
    ...{ sentAtMs: undefined, probed: true, notAskedAgain: false, unreachable: false },
    ...{ heardAtMs: undefined, answeredFrom: undefined, lagMs: 0, timeoutMs: 1_000 },
  };
  t.equal(verdictOf(evidence), 'probeUnanswered');
  t.equal(verdictOf({ ...evidence, heardAtMs: 200 }), 'probeUnanswered');
  t.equal(verdictOf({ ...evidence, lagMs: 500 }), 'localLoopBlocked');
  t.equal(verdictOf({ ...evidence, probed: false }), 'neverSent');
  t.equal(verdictOf({ ...evidence, probed: false, lagMs: 500 }), 'neverSent');
});

t.test('unreachable: there was no route, and nothing was heard since', async (t) => {
  const sent = { sentAtMs: 100, probed: false, notAskedAgain: false, lagMs: 0, timeoutMs: 1_000 };
  const evidence = { ...sent, unreachable: true, answeredFrom: undefined };
  t.equal(verdictOf({ ...evidence, heardAtMs: undefined }), 'unreachable');
  t.equal(verdictOf({ ...evidence, heardAtMs: 99 }), 'unreachable');
  t.equal(verdictOf({ ...evidence, heardAtMs: 100 }), 'peerAliveButSlow');
  t.equal(verdictOf({ ...evidence, heardAtMs: 99, lagMs: 500 }), 'localLoopBlocked');
  t.equal(verdictOf({ ...evidence, heardAtMs: 99, sentAtMs: undefined }), 'neverSent');
  t.equal(verdictOf({ ...evidence, heardAtMs: 99, unreachable: false }), 'peerSilent');
  t.equal(blamesPeer('unreachable'), false);
});

t.test(
  'a repetition that found no buffer space on this machine does not make its peer unreachable',
  inWorld(async (t, world) => {
    for (const [code, verdict] of [
      ['ENOBUFS', 'peerSilent'],
      ['ERR_RPCUDP_SEND_QUEUE_FULL', 'peerSilent'],
      ['EHOSTUNREACH', 'unreachable'],
    ] as const) {
      const transport = new ScriptedTransport();
      const client = await world.endpoint({ transport, attempts: 2 });
      const call = client.peer('10.0.0.1:1').call('x');
      transport.sent[0]?.done(null);
      await world.clock.advance(1_600);
      transport.sent[1]?.done(refusal(code));
      const outcome = await world.clock.runUntil(call);
      t.match(outcome, { state: 'timedOut', verdict, executed: 'maybe', attempts: 2 }, code);
    }
  }),
);

t.test(
  'a peer that is heard after there was no route to it is alive',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport, attempts: 2, handlers: { ping: () => 1 } });
    const call = client.peer('10.0.0.1:1').call('x');
    transport.sent[0]?.done(null);
    await world.clock.advance(1_600);
    transport.sent[1]?.done(refusal('ENETUNREACH'));
    transport.receiver?.datagramReceived(request(1, 'ping'), '10.0.0.1', 1);
    t.match(await world.clock.runUntil(call), { verdict: 'peerAliveButSlow' });
  }),
);
