import t from 'tap';
import { backoffMs } from '../../src/call/backoff.js';
import { SeededRandom } from '../../src/testing/random.js';
import { inWorld } from '../fixtures/world.js';

t.test('delays double from 1 s to 8 s, stretched by up to a half', async (t) => {
  const fixed = (unit: number) => ({ unit: () => unit, fillBytes: () => undefined });
  const delays = [1, 2, 3, 4, 5, 16];
  t.strictSame(
    delays.map((attempt) => backoffMs(attempt, fixed(0))),
    [1_000, 2_000, 4_000, 8_000, 8_000, 8_000],
  );
  t.strictSame(
    delays.map((attempt) => backoffMs(attempt, fixed(1))),
    [1_500, 3_000, 6_000, 12_000, 12_000, 12_000],
  );
  const random = new SeededRandom(1);
  const drawn = new Set(Array.from({ length: 100 }, () => backoffMs(1, random)));
  t.ok(drawn.size > 90, 'callers do not fall into step');
});

t.test(
  'a request is sent again with the same bytes, at growing intervals, at most `attempts` times',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 60_000 });
    const call = client.peer(raw.address).call('x', ['same'], { attempts: 3 });
    const sentAtMs = [0];
    const attempts: number[] = [];
    call.subscribe(({ context }) => {
      if (context.attempt > attempts.length) attempts.push(context.attempt);
      if (context.attempt > sentAtMs.length) sentAtMs.push(world.clock.nowMs());
    });
    t.match(await world.clock.runUntil(call), { state: 'timedOut', attempts: 3 });
    t.equal(world.clock.nowMs(), 60_000, 'the time-out does not move');
    t.equal(raw.received.length, 3);
    for (const { datagram } of raw.received) t.ok(datagram.equals(raw.received[0]!.datagram));
    const [first = 0, second = 0, third = 0] = sentAtMs;
    t.ok(second - first >= 1_000 && second - first <= 1_500, `${second - first} ms`);
    t.ok(third - second >= 2_000 && third - second <= 3_000, `${third - second} ms`);
  }),
);

t.test(
  'the round-trip time counts from the first transmission, and the answer ends the sending',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ attempts: 3 });
    const call = client.peer(raw.address).call('x');
    await world.clock.advance(2_000);
    t.equal(call.context.attempt, 2);
    raw.answer(1, 'ok');
    t.match(await world.clock.runUntil(call), { state: 'resolved', rttMs: 2_001, attempts: 2 });
    await world.clock.advance(60_000);
    t.equal(raw.received.length, 2);
  }),
);

t.test(
  'a request is sent once unless told otherwise',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    await world.clock.runUntil(client.peer(raw.address).call('x', [], { timeoutMs: 100_000 }));
    t.equal(raw.received.length, 1);
  }),
);

t.test(
  'a call that was cancelled by whoever saw it sent is not sent again',
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
