import t from 'tap';
import type { Peer } from '../../src/api/peer.js';
import { request } from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** A call to the peer that it answers. */
async function answered(world: World, raw: RawPeer, peer: Peer): Promise<void> {
  const call = peer.call('x');
  await world.settle();
  raw.answer(raw.received.length - 1, 1);
  await world.clock.runUntil(call);
}

t.test(
  'health depends on what is heard and what is not',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100, lingerMs: 0 });
    const peer = client.peer(raw.address);
    const timeOut = async () => world.clock.runUntil(peer.call('x'));
    const answer = () => answered(world, raw, peer);
    t.equal(peer.health, 'unknown');
    await answer();
    t.equal(peer.health, 'responsive');
    for (const health of ['suspect', 'suspect', 'silent', 'silent']) {
      await timeOut();
      t.equal(peer.health, health);
    }
    await answer();
    t.equal(peer.health, 'responsive');
    await timeOut();
    await answer();
    await timeOut();
    await timeOut();
    t.equal(peer.health, 'suspect', 'only time-outs in a row count');
  }),
);

t.test(
  'a peer that was never heard is suspect at first, then silent',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer('10.0.9.9:1');
    for (const health of ['suspect', 'suspect', 'silent']) {
      await world.clock.runUntil(peer.call('x'));
      t.equal(peer.health, health);
    }
  }),
);

t.test(
  'late answers, errors and requests are signs of life',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100, handlers: { hello: () => 'hi' } });
    const peer = client.peer(raw.address);
    const signs = [
      () => raw.answer(raw.received.length - 1, 'late'),
      () => raw.refuse(raw.received.length - 1, ['code', 'message']),
      () => raw.send(request(1, 'hello'), client.address),
    ];
    for (const sign of signs) {
      await world.clock.runUntil(peer.call('x'));
      t.equal(peer.health, 'suspect');
      sign();
      await world.settle();
      t.equal(peer.health, 'responsive');
    }
  }),
);

t.test(
  'frames that cannot be read, or are for no call, are no signs of life',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    await world.clock.runUntil(peer.call('x'));
    raw.send(Buffer.from('not a datagram of ours'), client.address);
    raw.send(Buffer.concat([Buffer.of(1), Buffer.alloc(20, 3), Buffer.of(0xc0)]), client.address);
    await world.settle();
    t.equal(peer.health, 'suspect');
  }),
);

t.test(
  'a call that is cancelled when its answer is overdue counts as silence, an earlier one does not',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ attempts: 1 });
    const peer = client.peer(raw.address);
    await answered(world, raw, peer);
    const cancelAfter = async (waitedMs: number) => {
      const call = peer.call('x');
      await world.clock.advance(waitedMs);
      call.cancel('found elsewhere');
      await call;
    };
    await cancelAfter(900);
    t.equal(peer.health, 'responsive', 'no answer was due yet');
    await cancelAfter(1_501);
    t.equal(peer.health, 'suspect');
  }),
);
