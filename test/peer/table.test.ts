import t from 'tap';
import { TooManyPeersError } from '../../src/errors.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'all spellings of an address give the same peer',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ window: 1 });
    const spellings = [
      '10.0.0.9:53',
      { host: '10.0.0.9', port: 53 },
      '[::ffff:10.0.0.9]:53',
      '[::FFFF:0a00:0009]:53',
    ];
    for (const [index, spelling] of spellings.entries()) {
      const peer = client.peer(spelling);
      t.equal(peer.address, '10.0.0.9:53');
      t.equal(peer.call('x').state, index === 0 ? 'sent' : 'queued', 'they share a window');
    }
    t.equal(client.stats().peersNow, 1);
    t.match(client.peer('10.0.0.9:53'), { inFlight: 1, queued: 3 });
  }),
);

t.test(
  'idle peers are forgotten to make room, and their handles continue to work',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ maxPeers: 2 });
    const peer = client.peer(raw.address);
    const first = peer.call('x');
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(first);
    t.equal(peer.health, 'responsive');
    client.peer('10.0.3.1:1');
    client.peer('10.0.3.2:1');
    t.equal(client.stats().peersNow, 2);
    const second = peer.call('x');
    t.equal(peer.health, 'unknown', 'it is known anew');
    await world.settle();
    raw.answer(1, 2);
    t.match(await world.clock.runUntil(second), { value: 2 });
  }),
);

t.test(
  'a peer with an open call, one that lingers, or listeners is not forgotten',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      maxPeers: 4,
      timeoutMs: 100,
      lingerMs: 100,
      replayWindowMs: 500,
      handlers: { x: () => 1 },
    });
    const raw = await world.raw();
    server.peer('10.0.3.1:1').call('in flight', [], { timeoutMs: 1_000 });
    server.peer('10.0.3.2:1').call('lingers');
    const subscription = server.peer('10.0.3.3:1').on('*', () => undefined);
    raw.send(request(1, 'x'), server.address);
    await world.clock.advance(150);
    const stranger = await world.raw();
    stranger.send(request(2, 'x'), server.address);
    await world.settle();
    t.equal(server.stats().fates['request.run'], 2, 'a stranger displaces another one');
    server.peer('10.0.3.9:1').call('in flight', [], { timeoutMs: 1_000 });
    t.equal(server.stats().peersNow, 4, 'and the own user displaces that one');
    t.throws(() => server.peer('10.0.3.8:1'), TooManyPeersError);
    t.throws(() => server.peer('10.0.3.8:1'), {
      code: 'ERR_RPCUDP_TOO_MANY_PEERS',
      limit: 4,
      message: 'The endpoint knows 4 busy peers, which is its limit (maxPeers)',
    });
    subscription.unsubscribe();
    server.peer('10.0.3.4:1');
    await world.clock.advance(60);
    server.peer('10.0.3.5:1');
    t.equal(server.stats().peersNow, 4);
  }),
);
