/** When a request is sent again and to which peers, and what its outcome then says. */
import t from 'tap';
import type { Call } from '../../src/api/call.js';
import { Retransmission } from '../../src/call/retransmission.js';
import type { Moment } from '../../src/time/moment.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { challengeHeaderMap } from '../../src/wire/header-map.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import {
  answerTo,
  frame,
  headerMapOf,
  idOf,
  withHeaderMap,
  withoutHeaderMap,
} from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/**
 * A client, a raw peer that has answered one of its calls, and the times of requests since then.
 */
async function acquainted(
  world: World,
  { native = true, ...options }: EndpointOptions & { native?: boolean } = {},
) {
  const raw = await world.raw();
  raw.native = native;
  const client = await world.endpoint({ timeoutMs: 5_000, ...options });
  const peer = client.peer(raw.address);
  const first = peer.call('hello');
  await world.settle();
  raw.answer(0, 'hello');
  await world.clock.runUntil(first);
  raw.received.length = 0;
  return { raw, client, peer };
}

/** When each transmission of the call was sent, counted from the first. */
function transmissionsOf(world: World, call: Call): number[] {
  const startMs = world.clock.nowMs();
  const atMs = [0];
  call.subscribe(({ context }) => {
    if (context.attempt > atMs.length) atMs.push(world.clock.nowMs() - startMs);
  });
  return atMs;
}

/** A moment at which both clocks show the same. */
const both = (atMs: number): Moment => ({ atMs, wallMs: atMs });

/** The gaps between times. */
const gapsOf = (timesMs: readonly number[]): number[] =>
  timesMs.slice(1).map((timeMs, index) => timeMs - (timesMs[index] ?? 0));

/** The gap after this one: twice as long, up to a quarter of the time-out. */
const gapAfter = (gapMs: number, timeoutMs: number): number =>
  Math.min(2 * gapMs, Math.max(gapMs, timeoutMs / 4));

t.test(
  'to an rpcudp endpoint a request is sent until its deadline, at gaps that double up to a quarter of its time-out',
  inWorld(async (t, world) => {
    for (const timeoutMs of [5_000, 10_000, 20_000]) {
      const { raw, peer } = await acquainted(world);
      const call = peer.call('x', ['same'], { timeoutMs });
      const atMs = transmissionsOf(world, call);
      t.match(await world.clock.runUntil(call), { state: 'timedOut', attempts: atMs.length });
      t.equal(raw.asked.length, atMs.length);
      const [first = 0, ...others] = gapsOf(atMs);
      t.ok(first >= 1_000 && first <= 1_500, `${first} ms`);
      let gapMs = first;
      for (const other of others) t.equal(other, (gapMs = gapAfter(gapMs, timeoutMs)));
      const nextAtMs = (atMs.at(-1) ?? 0) + gapAfter(gapMs, timeoutMs);
      t.ok(nextAtMs >= timeoutMs, `${timeoutMs} ms: the next one would be at ${nextAtMs} ms`);
    }
  }),
);

t.test(
  'all transmissions have the same id and body, and each has its own header map',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world);
    const call = peer.call('x', ['same'], { traceparent: 'trace' });
    const atMs = transmissionsOf(world, call);
    await world.clock.runUntil(call);
    t.ok(raw.received.length > 3);
    for (const [index, { datagram }] of raw.received.entries()) {
      const same = withoutHeaderMap(raw.received[0]!.datagram);
      t.ok(withoutHeaderMap(datagram).equals(same));
      t.match(headerMapOf(datagram), {
        version: 1,
        attempt: index + 1,
        remainingMs: Math.ceil(5_000 - (atMs[index] ?? 0)),
        traceparent: 'trace',
      });
    }
  }),
);

t.test(
  'to an old peer, and to a peer of which nothing is known, a request is sent once',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await acquainted(world, { native: false, timeoutMs: 60_000 });
    t.match(await world.clock.runUntil(peer.call('x')), { state: 'timedOut', attempts: 1 });
    t.equal(raw.received.length, 1);
    const stranger = await world.raw();
    const call = client.peer(stranger.address).call('x');
    t.match(await world.clock.runUntil(call), { state: 'timedOut', attempts: 1 });
    t.equal(stranger.received.length, 1);
  }),
);

t.test(
  'a waiting call is sent again when its peer turns out to be an rpcudp endpoint',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    raw.native = true;
    const client = await world.endpoint({ timeoutMs: 20_000 });
    const peer = client.peer(raw.address);
    const waiting = peer.call('waiting');
    const answered = peer.call('answered');
    await world.clock.advance(1_600);
    t.equal(raw.received.length, 2, 'nothing is sent again while the peer is unknown');
    raw.answer(1, 1);
    await world.clock.runUntil(answered);
    // Decisions are made twice as far apart each time, and every 5 s after the first 3 to 4.5 s.
    t.match(await world.clock.runUntil(waiting), { state: 'timedOut', attempts: 5 });
    t.strictSame(raw.asked, ['waiting', 'answered', ...Array<string>(4).fill('waiting')]);
  }),
);

t.test(
  'a peer whose last answer had no header map is an old peer again',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world);
    t.equal(peer.native, true);
    const [waiting, answered] = [peer.call('waiting'), peer.call('answered')];
    await world.settle();
    raw.native = false;
    raw.answer(1, 1);
    await world.clock.runUntil(answered);
    t.equal(peer.native, false);
    t.match(await world.clock.runUntil(waiting), { state: 'timedOut', attempts: 1 });
  }),
);

t.test(
  'the attempts that a caller gives hold for every peer',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 60_000, window: 1 });
    const peer = client.peer(raw.address);
    const call = peer.call('x', [], { attempts: 5 });
    const atMs = transmissionsOf(world, call);
    t.match(await world.clock.runUntil(call), { state: 'timedOut', attempts: 5 });
    t.equal(world.clock.nowMs(), 60_000, 'the time-out does not move');
    const [first = 0, ...others] = gapsOf(atMs);
    t.strictSame(others, [2 * first, 4 * first, Math.min(8 * first, 8_000)]);
    raw.received.length = 0;
    raw.native = true;
    const once = peer.call('y', [], { attempts: 1 });
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(once);
    t.match(await world.clock.runUntil(peer.call('z', [], { attempts: 1 })), { attempts: 1 });
    t.strictSame(raw.asked, ['y', 'z']);
  }),
);

t.test(
  'the attempts of the endpoint hold for all its calls',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ attempts: 2, timeoutMs: 60_000 });
    t.match(await world.clock.runUntil(client.peer(raw.address).call('x')), { attempts: 2 });
    t.equal(raw.received.length, 2);
  }),
);

t.test(
  'gaps stop growing at 8 s',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 120_000 });
    const call = client.peer(raw.address).call('x', [], { attempts: 16 });
    const atMs = transmissionsOf(world, call);
    await world.clock.runUntil(call);
    const gaps = gapsOf(atMs);
    t.equal(gaps.length, 15);
    t.strictSame(
      gaps.slice(3),
      Array.from({ length: 12 }, () => 8_000),
    );
  }),
);

t.test(
  'the round-trip time counts from the first transmission, and the answer ends the repetitions',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ attempts: 3 });
    const call = client.peer(raw.address).call('x');
    await world.clock.advance(2_000);
    t.equal(call.getSnapshot().context.attempt, 2);
    raw.answer(1, 'ok');
    t.match(await world.clock.runUntil(call), { state: 'resolved', rttMs: 2_001, attempts: 2 });
    await world.clock.advance(60_000);
    t.equal(raw.received.length, 2);
  }),
);

t.test(
  'an answer to a call that was sent twice gives no round-trip time (Karn)',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    raw.native = true;
    const client = await world.endpoint({ attempts: 2 });
    const peer = client.peer(raw.address);
    const repeated = peer.call('x');
    await world.clock.advance(1_600);
    raw.answer(0, 1);
    t.match(await world.clock.runUntil(repeated), { attempts: 2 });
    t.equal(peer.roundTripMs, undefined);
    const late = peer.call('y', [], { timeoutMs: 4_900 });
    await world.clock.runUntil(late);
    raw.answer(2, 1);
    await world.settle();
    t.equal(late.state, 'late');
    t.equal(peer.roundTripMs, undefined, 'a late answer gives no sample either');
    const clean = peer.call('z');
    await world.settle();
    raw.answer(raw.received.length - 1, 1);
    await world.clock.runUntil(clean);
    t.equal(peer.roundTripMs, 2);
  }),
);

t.test(
  'after an expiry the next call waits twice as long as the last wait, until there is a sample',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world, { timeoutMs: 60_000 });
    // A quarter of this time-out limits no gap here.
    const first = peer.call('x', [], { attempts: 2, timeoutMs: 12_000 });
    const atMs = transmissionsOf(world, first);
    await world.clock.runUntil(first);
    const [gapMs = 0] = gapsOf(atMs);
    const second = peer.call('y', [], { attempts: 2, timeoutMs: 12_000 });
    const secondAtMs = transmissionsOf(world, second);
    await world.clock.runUntil(second);
    const [backedOffMs = 0] = gapsOf(secondAtMs);
    t.ok(
      backedOffMs >= 4 * gapMs && backedOffMs <= Math.min(6 * gapMs, 8_000),
      `${gapMs}, then ${backedOffMs} ms`,
    );
    raw.received.length = 0;
    const clean = peer.call('clean');
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(clean);
    const third = peer.call('z', [], { attempts: 2, timeoutMs: 10_000 });
    const thirdAtMs = transmissionsOf(world, third);
    await world.clock.runUntil(third);
    const [afterSampleMs = 0] = gapsOf(thirdAtMs);
    t.ok(afterSampleMs <= 1_500, `${afterSampleMs} ms`);
  }),
);

t.test(
  'a peer that is working is asked again when half of the time is left',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world);
    const limit = peer.window;
    const startMs = world.clock.nowMs();
    const call = peer.call('slow');
    await world.clock.advance(1_600);
    t.equal(raw.asked.length, 2);
    t.ok(peer.window < limit, 'an expiry is taken for congestion');
    raw.working(1);
    await world.settle();
    t.equal(peer.window, limit, 'until the peer says that it is at work');
    const heardAtMs = world.clock.nowMs() - startMs;
    const lookAtMs = heardAtMs + (5_000 - heardAtMs) / 2;
    await world.clock.advance(lookAtMs - heardAtMs - 1);
    t.equal(raw.asked.length, 2);
    await world.clock.advance(1);
    await world.settle();
    t.equal(raw.asked.length, 3, 'the reply may have been lost');
    t.equal(peer.window, limit, 'a look is no expiry');
    raw.answer(2, 'recovered');
    t.match(await world.clock.runUntil(call), { state: 'resolved', attempts: 3 });
    t.equal(peer.roundTripMs, 2, 'and no sample');
    const next = peer.call('next');
    const atMs = transmissionsOf(world, next);
    await world.clock.runUntil(next);
    t.ok((atMs[1] ?? 0) <= 1_500, 'the back-off is not kept either');
  }),
);

t.test(
  'a call to a peer that is working may time out, which does not halve the window',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await acquainted(world);
    const limit = peer.window;
    const call = peer.call('slow');
    await world.clock.advance(1_600);
    raw.working(1);
    t.match(await world.clock.runUntil(call), {
      state: 'timedOut',
      verdict: 'peerAliveButSlow',
      executed: 'maybe',
      // The look at half of the time left, and one after the gap that was due before.
      attempts: 4,
    });
    t.equal(peer.window, limit);
    raw.working(0);
    await world.settle();
    t.match(client.stats().fates, { 'response.working': 1, 'response.late': 1 });
    t.equal(call.state, 'timedOut', 'a peer that is working has not answered');
  }),
);

t.test(
  'unreachable: the kernel refuses the last repetition',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport, attempts: 2 });
    const peer = client.peer('10.0.0.1:1');
    const call = peer.call('x');
    transport.sent[0]?.done(null);
    await world.clock.advance(1_600);
    const error = Object.assign(new Error('send ENETUNREACH'), { code: 'ENETUNREACH' });
    transport.sent[1]?.done(error);
    t.match(await world.clock.runUntil(call), {
      state: 'timedOut',
      verdict: 'unreachable',
      executed: 'maybe',
      attempts: 2,
    });
    t.equal(peer.health, 'unknown', 'the peer has no part in it');
    t.match(client.stats(), {
      attempted: 2,
      sent: 1,
      refused: 1,
      refusedBy: { ENETUNREACH: 1 },
      outcomes: { timedOut: 1, unsent: 0 },
    });
    const again = peer.call('y');
    transport.sent[2]?.done(null);
    transport.receiver?.datagramReceived(
      withHeaderMap(answerTo(transport.sent[2]!.datagram, 1)),
      '10.0.0.1',
      1,
    );
    t.match(await again, { state: 'resolved' });
  }),
);

t.test(
  'a repetition that the kernel takes cancels the verdict of the one before',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport, attempts: 3 });
    const call = client.peer('10.0.0.1:1').call('x');
    transport.sent[0]?.done(null);
    await world.clock.advance(1_600);
    transport.sent[1]?.done(new Error('gone'));
    await world.clock.advance(3_000);
    transport.sent[2]?.done(null);
    t.match(await world.clock.runUntil(call), { verdict: 'peerSilent', attempts: 3 });
  }),
);

t.test(
  'a call that is cancelled while it is being sent is not sent again',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1, attempts: 4, timeoutMs: 60_000 });
    const peer = client.peer(raw.address);
    const [first, second] = [peer.call('first'), peer.call('second')];
    second.subscribe((snapshot) => {
      if (snapshot.matches('sent')) second.cancel('at first sight');
    });
    first.cancel();
    t.match(await second, { state: 'cancelled' });
    await world.clock.advance(60_000);
    t.equal(raw.received.length, 1, `${raw.received.length} datagrams`);

    const third = peer.call('third');
    third.subscribe(({ context }) => {
      if (context.attempt === 2) third.cancel('seen twice');
    });
    await world.clock.advance(60_000);
    t.match(await third, { state: 'cancelled', attempts: 2 });
    t.equal(raw.received.length, 2, `${raw.received.length} datagrams`);
  }),
);

t.test(
  'the bytes of one transmission in the kernel are not changed by the next',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport, attempts: 2 });
    const call = client.peer('10.0.0.1:1').call('x');
    const first = transport.sent[0]!.datagram;
    const copy = Buffer.from(first);
    await world.clock.runUntil(call);
    t.equal(transport.sent.length, 2);
    t.ok(copy.equals(first));
  }),
);

t.test(
  'a cancelled call notifies an rpcudp endpoint, and no other peer',
  inWorld(async (t, world) => {
    const cancelTo = async (raw: RawPeer, native: boolean): Promise<unknown[]> => {
      raw.native = native;
      const client = await world.endpoint({ initialWindow: 1, window: 1 });
      const peer = client.peer(raw.address);
      const first = peer.call('first');
      await world.settle();
      raw.answer(0, 1);
      await world.clock.runUntil(first);
      const [inFlight, queued] = [peer.call('in flight'), peer.call('queued')];
      queued.cancel();
      inFlight.cancel();
      await world.settle();
      return raw.types;
    };
    t.strictSame(await cancelTo(await world.raw(), true), ['request', 'request', 'cancel']);
    t.strictSame(await cancelTo(await world.raw(), false), ['request', 'request']);
  }),
);

t.test(
  'a peer is trusted to remember a request for 20 s, counted from when it says that it is working',
  async (t) => {
    const retransmission = new Retransmission(both(1_000), 1_000, 60_000);
    t.ok(retransmission.isSafe(both(21_000)));
    t.notOk(retransmission.isSafe(both(21_001)));
    retransmission.transmitted(15_000, 1_000);
    t.notOk(retransmission.isSafe(both(21_001)), 'the first transmission counts');
    retransmission.peerAtWork(both(20_000), 100_000, 1_000);
    t.ok(retransmission.isSafe(both(40_000)));
    t.notOk(retransmission.isSafe(both(40_001)));
  },
);

t.test('the time of day may only forbid a repetition', async (t) => {
  const retransmission = new Retransmission({ atMs: 1_000, wallMs: 500_000 }, 1_000, 60_000);
  const isSafe = (atMs: number, wallMs: number) => retransmission.isSafe({ atMs, wallMs });
  t.ok(isSafe(2_000, 520_000));
  t.notOk(isSafe(2_000, 520_001), 'the machine was suspended');
  t.ok(isSafe(21_000, 0), 'the clock was set back, which says nothing');
  t.notOk(isSafe(21_001, 0), 'and allows nothing');
  retransmission.peerAtWork({ atMs: 2_000, wallMs: 900_000 }, 60_000, 1_000);
  t.ok(isSafe(3_000, 920_000), 'a report of work counts by both clocks');
  t.notOk(isSafe(3_000, 920_001));
});

t.test('a working peer is asked again after half of the time left, at most 10 s', async (t) => {
  const retransmission = new Retransmission(both(0), 1_000, 5_000);
  t.equal(retransmission.peerAtWork(both(1_000), 5_000, 200), 3_000);
  t.equal(retransmission.peerAtWork(both(1_000), 21_000, 200), 11_000);
  t.equal(retransmission.peerAtWork(both(1_000), 200_000, 200), 11_000);
  t.equal(retransmission.peerAtWork(both(4_700), 5_000, 200), 4_900, 'but never within its RTO');
});

t.test('an answer is awaited from the time of sending, not of postponing', async (t) => {
  const retransmission = new Retransmission(both(100), 1_000, 60_000);
  t.match(retransmission, { awaitsAnswer: true, sentAtMs: 100, gapMs: 1_000 });
  t.equal(retransmission.putOff(1_100, 1_000), 3_100);
  t.match(retransmission, { awaitsAnswer: false, sentAtMs: 100, gapMs: 2_000 });
  retransmission.transmitted(3_100, 1_000);
  t.match(retransmission, { awaitsAnswer: true, sentAtMs: 3_100, gapMs: 4_000 });
});

t.test(
  'a lost reply is fetched within 10 s, however long its caller would wait, and nothing runs twice',
  inWorld(async (t, world) => {
    const state = { runs: 0 };
    const server = await world.endpoint({
      handlerTimeoutMs: 60_000,
      handlers: {
        hello: () => 'hello',
        work: async () => {
          state.runs += 1;
          await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 5_000));
          return 'done';
        },
      },
    });
    const client = await world.endpoint({ timeoutMs: 200_000 });
    const peer = client.peer(server.address);
    await world.clock.runUntil(peer.call('hello'));
    const startMs = world.clock.nowMs();
    const call = peer.call('work');
    await world.clock.advance(4_000);
    t.equal(client.stats().fates['response.working'], 1);
    world.network.partitionOneWay(server.address.host, client.address.host);
    await world.clock.advance(2_000);
    world.network.heal(server.address.host, client.address.host);
    t.match(server.stats().requests, { replied: 2 }, 'the reply is on its way to nowhere');
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'done', attempts: 3 });
    const tookMs = world.clock.nowMs() - startMs;
    t.ok(tookMs <= 11_600, `${tookMs} ms`);
    await world.clock.advance(200_000);
    t.equal(state.runs, 1);
    t.match(server.stats().requests, { replied: 2, duplicate: 1, replayed: 1 });
  }),
);

t.test(
  'a call is not sent again when its peer turns out to be an rpcudp endpoint after 20 s',
  inWorld(async (t, world) => {
    const attemptsIfKnownAfter = async (ms: number) => {
      const raw = await world.raw();
      raw.native = true;
      const peer = (await world.endpoint({ timeoutMs: 120_000 })).peer(raw.address);
      const waiting = peer.call('waiting');
      await world.clock.advance(ms);
      const answered = peer.call('answered');
      await world.settle();
      raw.answer(1, 1);
      await world.clock.runUntil(answered);
      t.equal(peer.native, true);
      return (await world.clock.runUntil(waiting)).attempts;
    };
    t.equal(await attemptsIfKnownAfter(45_000), 1);
    t.equal(await attemptsIfKnownAfter(5_000), 3, 'in time it is');
  }),
);

t.test(
  'attempts that a caller gives hold also after 20 s',
  inWorld(async (t, world) => {
    const { peer } = await acquainted(world, { timeoutMs: 120_000 });
    const call = peer.call('x', [], { attempts: 7 });
    const atMs = transmissionsOf(world, call);
    t.match(await world.clock.runUntil(call), { state: 'timedOut', attempts: 7 });
    t.ok((atMs.at(-1) ?? 0) > 20_000, `${atMs.join(', ')} ms`);
  }),
);

t.test(
  'an answer to a call that was sent twice limits the back-off that other calls left behind',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world, { timeoutMs: 60_000 });
    const silent = peer.call('silent', [], { timeoutMs: 15_000 });
    await world.clock.runUntil(silent);
    raw.received.length = 0;
    const challenged = peer.call('challenged');
    await world.settle();
    const { datagram, from } = raw.received[0]!;
    const challenge = frame('challenge', idOf(datagram), null);
    raw.send(withHeaderMap(challenge, challengeHeaderMap(Buffer.alloc(8, 1))), from);
    await world.settle();
    raw.answer(1, 'valid');
    t.match(await world.clock.runUntil(challenged), { state: 'resolved', attempts: 2 });
    t.equal(peer.roundTripMs, 2, 'it is no sample');
    const next = peer.call('next');
    const atMs = transmissionsOf(world, next);
    await world.clock.runUntil(next);
    t.ok((atMs[1] ?? Infinity) <= 1_500, `sent again after ${atMs[1]} ms`);
  }),
);

t.test(
  'an unanswered last transmission backs off as the ones before it do',
  inWorld(async (t, world) => {
    const { peer } = await acquainted(world);
    await world.clock.runUntil(peer.call('silent', [], { attempts: 1 }));
    const next = peer.call('next', [], { attempts: 2 });
    const atMs = transmissionsOf(world, next);
    await world.clock.runUntil(next);
    t.ok((atMs[1] ?? 0) >= 2_000, `sent again after ${atMs[1]} ms`);
  }),
);

t.test(
  'a caller that waits without sending learns nothing from silence',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const peer = (await world.endpoint({ timeoutMs: 60_000 })).peer(raw.address);
    const waiting = peer.call('waiting');
    await world.clock.advance(40_000);
    t.match(waiting.getSnapshot().context, { attempt: 1 });
    const next = peer.call('next', [], { attempts: 2, timeoutMs: 15_000 });
    const atMs = transmissionsOf(world, next);
    await world.clock.runUntil(next);
    // Twice the first gap, 1 to 1.5 s, and the same jitter.
    t.ok((atMs[1] ?? Infinity) <= 4_500, `sent again after ${atMs[1]} ms`);
  }),
);
