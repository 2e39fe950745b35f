import { getEventListeners } from 'node:events';
import t from 'tap';
import type { Call } from '../../src/api/call.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'a signal that aborts cancels the call, with its reason',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const controller = world.controller();
    const call = client.peer(raw.address).call('x', [], { signal: controller.signal });
    await world.settle();
    controller.abort('changed my mind');
    t.match(await call, { state: 'cancelled', reason: 'changed my mind', executed: 'maybe' });
  }),
);

t.test(
  'a signal that has aborted cancels the call before anything is sent',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const call = peer.call('x', [], { signal: AbortSignal.abort('too late') });
    t.equal(call.state, 'cancelled');
    t.strictSame(await call, {
      state: 'cancelled',
      reason: 'too late',
      executed: 'no',
      attempts: 0,
    });
    await world.settle();
    t.match([raw.received.length, peer.inFlight, peer.queued], [0, 0, 0]);
    t.equal(client.stats().outcomes.cancelled, 1);
  }),
);

t.test(
  'ten thousand calls on one signal share one listener, and leave none',
  inWorld(
    async (t, world) => {
      const server = await world.endpoint({ handlers: { echo: (_, n: number) => n } });
      const client = await world.endpoint({ mailbox: 10_000 });
      const { signal } = world.controller();
      const peer = client.peer<typeof server>(server.address);
      const calls = Array.from({ length: 10_000 }, (_, n) => peer.call('echo', [n], { signal }));
      t.equal(getEventListeners(signal, 'abort').length, 1);
      const outcomes = await world.clock.runUntil(Promise.all(calls));
      t.ok(outcomes.every((outcome, n) => outcome.state === 'resolved' && outcome.value === n));
      t.equal(getEventListeners(signal, 'abort').length, 0);
    },
    { watched: false },
  ),
);

t.test(
  'a call that timed out removes its listener from the signal while it lingers',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 10 });
    const controller = world.controller();
    const call = client.peer(raw.address).call('x', [], { signal: controller.signal });
    await world.clock.runUntil(call);
    t.equal(call.state, 'timedOut');
    t.equal(getEventListeners(controller.signal, 'abort').length, 0);
    controller.abort();
    t.match(await call, { state: 'timedOut' });
  }),
);

t.test(
  'an abort sends none of the calls that it will cancel',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1 });
    const controller = world.controller();
    const { signal } = controller;
    const peer = client.peer(raw.address);
    const calls = [1, 2, 3].map((n) => peer.call('x', [n], { signal }));
    const other = peer.call('other');
    controller.abort();
    await world.settle();
    t.strictSame(
      (await Promise.all(calls)).map(
        (outcome) => outcome.state === 'cancelled' && outcome.executed,
      ),
      ['maybe', 'no', 'no'],
    );
    t.equal(raw.received.length, 2, 'the first, and the one that the signal has no hold on');
    t.equal(other.state, 'awaiting');
  }),
);

t.test(
  'a call made while the signal aborts is cancelled too',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const controller = world.controller();
    const { signal } = controller;
    const peer = client.peer(raw.address);
    const again: Call[] = [];
    const subscription = peer.on('call.cancelled', () => {
      subscription.unsubscribe();
      again.push(peer.call('again', [], { signal }));
    });
    peer.call('x', [], { signal });
    controller.abort();
    t.match(again, [{ state: 'cancelled' }]);
  }),
);

t.test(
  'a call that ends leaves the other calls on its signal connected',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const controller = world.controller();
    const { signal } = controller;
    const peer = client.peer(raw.address);
    const [first, second] = [peer.call('a', [], { signal }), peer.call('b', [], { signal })];
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(first);
    controller.abort('both');
    t.match([await first, await second], [{ state: 'resolved' }, { reason: 'both' }]);
  }),
);
