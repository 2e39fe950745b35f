import t from 'tap';
import type { Call } from '../../src/call/call.js';
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
  'the stub can be awaited, printed and serialised, and calls nothing',
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
    t.equal((peer.remote as Record<symbol, unknown>)[Symbol.iterator], undefined);
    await world.settle();
    t.equal(world.network.stats.sent, 0);
    t.equal(peer.inFlight, 0);
  }),
);

t.test(
  'handles of one address share everything',
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
  'a listener hears its type of report, or all, until it is unsubscribed',
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
