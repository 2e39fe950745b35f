/** When a peer that is notified counts as silent. */
import t from 'tap';
import { inWorld } from '../fixtures/world.js';

t.test(
  'a peer that was heard after an answer was lost, and then no more, falls silent',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { moved: () => undefined } });
    const player = await world.endpoint({ handlers: { world: () => undefined } });
    const peer = server.peer(player.address);
    await world.clock.runUntil(player.peer(server.address).call('moved'));
    const play = async (updates: number, isHeard: boolean) => {
      for (let update = 0; update < updates; update += 1) {
        peer.notify('world', [update], { latest: 'world' });
        if (isHeard) player.peer(server.address).notify('moved', [], { latest: 'position' });
        await world.clock.advance(50);
      }
    };
    await play(20, true);
    t.equal(peer.health, 'responsive');
    // No world arrives any more, so no answer comes; what the player says arrives.
    world.network.partitionOneWay(server.address.host, player.address.host);
    await play(100, true);
    t.not(peer.health, 'silent');
    world.network.partition(server.address.host, player.address.host);
    await play(1_200, false);
    t.equal(peer.health, 'silent', 'within a minute');
  }),
);
