import t from 'tap';
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
    t.equal(peer.health, 'unknown', 'what was never sent says nothing about the peer');
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
  'peerSilent: what was heard before the request was sent proves nothing',
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
  'localLoopBlocked: the time-out was noticed half its length too late',
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
