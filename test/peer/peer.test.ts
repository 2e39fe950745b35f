import t from 'tap';
import type { Call } from '../../src/api/call.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'the stub calls procedures as methods',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: { add: (_, a: number, b: number) => a + b, zero: () => 0 },
    });
    const client = await world.endpoint();
    const { remote } = client.peer<typeof server>(server.address);
    t.match(await world.clock.runUntil(remote.add(1, 2)), { value: 3 });
    t.match(await world.clock.runUntil(remote.zero()), { value: 0 });
  }),
);

t.test(
  'the stub can be awaited, printed and serialised without calling anything',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const peer = client.peer('10.0.9.9:1');
    const stub: unknown = peer.remote;
    t.equal(await stub, stub);
    const { inspect } = await import('node:util');
    inspect(peer);
    inspect(peer.remote);
    JSON.stringify({ peer, remote: peer.remote });
    Object.prototype.toString.call(peer.remote);
    t.throws(() => `as text: ${stub as string}`, TypeError, 'an object without a text');
    t.equal(peer.remote.constructor, undefined);
    t.equal((peer.remote as Record<symbol, unknown>)[Symbol.iterator], undefined);
    await world.settle();
    t.equal(world.network.stats.sent, 0);
    t.equal(peer.inFlight, 0);
  }),
);

t.test(
  'a procedure whose name the stub leaves out can be called by its name',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { toString: () => 'text', then: () => 2 } });
    const client = await world.endpoint();
    const peer = client.peer<typeof server>(server.address);
    t.match(await world.clock.runUntil(peer.call('toString')), { value: 'text' });
    t.match(await world.clock.runUntil(peer.call('then')), { value: 2 });
    // @ts-expect-error the stub has no such method
    t.equal(peer.remote.then, undefined);
  }),
);

t.test(
  'handles of the same address share everything',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const [one, other] = [client.peer(raw.address), client.peer('10.0.0.1:2000')];
    const heard: string[] = [];
    other.on('call.timedOut', ({ procedure }) => heard.push(procedure));
    const call: Call = one.call('x');
    t.match([one.inFlight, other.inFlight], [1, 1]);
    await world.clock.runUntil(call);
    t.strictSame(heard, ['x']);
    t.match([one.health, other.health], ['suspect', 'suspect']);
  }),
);

t.test(
  'a listener gets its type of report, or all, until it is unsubscribed',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const heard: string[] = [];
    const subscription = peer.on('*', ({ type }) => heard.push(`* ${type}`));
    peer.on('call.cancelled', ({ type }) => heard.push(type));
    peer.on('call.resolved', ({ type }) => heard.push(type));
    peer.call('x').cancel();
    subscription.unsubscribe();
    peer.call('x').cancel();
    t.strictSame(heard, ['call.cancelled', '* call.cancelled', 'call.cancelled']);
  }),
);

t.test(
  'an invalid command throws where it is sent, and does no harm',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    for (const strange of [null, undefined, 'call', { type: 'heard' }, { type: 'forgotten' }]) {
      t.throws(() => peer.send(strange as never), { message: /takes only the command/ });
    }
    t.equal(peer.health, 'unknown');
    peer.send({ type: 'call', procedure: 'x' });
    await world.settle();
    t.equal(raw.received.length, 1);
  }),
);

t.test(
  'a stall of this process does not count against the peer',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const call = peer.call('x');
    await world.settle();
    world.clock.stall(1_000);
    t.match(await world.clock.runUntil(call), { verdict: 'localLoopBlocked' });
    t.equal(peer.health, 'unknown');
  }),
);

t.test(
  'the address for all addresses of a machine is no address to send to',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    for (const address of ['0.0.0.0:53', '[::]:53']) {
      t.throws(() => client.peer(address), { message: /answers come from only one of them/ });
    }
  }),
);

t.test(
  'a call made while the mailbox drains goes behind the waiting ones',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 2 });
    const peer = client.peer(raw.address);
    peer.call('a');
    peer.call('b');
    const waiting = [peer.call('c'), peer.call('d')];
    waiting[0]?.subscribe(({ value }) => {
      if (value === 'sent') peer.call('late');
    });
    await world.settle();
    raw.answer(0, 1);
    raw.answer(1, 1);
    await world.settle();
    t.strictSame(raw.asked, ['a', 'b', 'c', 'd']);
    t.equal(peer.queued, 1);
  }),
);
