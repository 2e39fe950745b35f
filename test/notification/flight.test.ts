/** How notifications are paced: by answers to probes, or by those of old peers. */
import t from 'tap';
import type { EndpointOptions, Notification, Peer } from '../../src/index.js';
import { TYPE_BYTE } from '../../src/wire/frame-type.js';
import { inWorld, type World } from '../fixtures/world.js';

async function pair(world: World, options: EndpointOptions = {}) {
  const ran: unknown[] = [];
  const server = await world.endpoint({
    handlers: { note: (_scope, index: number) => void ran.push(index), ping: () => 'pong' },
  });
  const client = await world.endpoint(options);
  const peer = client.peer(server.address);
  return { ran, server, client, peer };
}

/** Notifies so many times at once. Gives how many of them found room. */
function burst(peer: Peer, count: number): number {
  const all = Array.from({ length: count }, (_, index) => peer.notify('note', [index]));
  return all.filter(({ state }) => state !== 'dropped').length;
}

t.test(
  'to a new peer few may be on their way, and after each answer twice as many',
  inWorld(async (t, world) => {
    const { ran, client, peer } = await pair(world, { initialWindow: 4, notifyFlight: 40 });
    const admitted: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      admitted.push(burst(peer, 100));
      await world.settle();
    }
    t.strictSame(admitted, [4, 8, 16, 32, 40, 40]);
    t.equal(ran.length, 140, 'all that were sent have run');
    const { notifications } = client.stats();
    t.match(notifications, { sent: 140, 'dropped.noRoom': 460 });
  }),
);

t.test(
  'what waits in queues on its way grows no more, and less is sent where it waits long',
  inWorld(async (t, world) => {
    const { server, client, peer } = await pair(world, { initialWindow: 4 });
    const { host } = server.address;
    const flight = async (delayMs: number): Promise<number> => {
      world.network.setLink(client.address.host, host, { delayMs });
      const admitted = burst(peer, 100);
      await world.settle();
      return admitted;
    };
    const admitted: number[] = [];
    for (const delayMs of [1, 1, 1, 60, 60, 120, 120, 1, 1]) admitted.push(await flight(delayMs));
    // Each answer decides on the next flight. One alone cannot wait behind others.
    t.strictSame(admitted, [4, 8, 16, 32, 32, 32, 16, 8, 16]);
    // A longer path looks like a queue until only one is on its way.
    const longer: number[] = [];
    for (let round = 0; round < 8; round += 1) longer.push(await flight(120));
    t.strictSame(longer, [32, 16, 8, 4, 2, 1, 2, 4]);
    // After a long time nothing is known of the path.
    world.network.setLink(client.address.host, host, { delayMs: 300 });
    await world.clock.advance(600_000);
    t.strictSame([await flight(300), await flight(300)], [8, 16]);
  }),
);

t.test(
  'frames of one turn share datagrams, and the probe follows them',
  inWorld(async (t, world) => {
    const { server, client, peer, ran } = await pair(world);
    await world.clock.runUntil(peer.call('ping'));
    for (let round = 0; round < 5; round += 1) {
      burst(peer, 100);
      await world.settle();
    }
    const before = { ...server.stats() };
    ran.length = 0;
    t.equal(burst(peer, 100), 100);
    await world.settle();
    const after = server.stats();
    t.equal(ran.length, 100);
    t.ok(after.received - before.received < 10, 'few datagrams');
    t.equal(after.fates['probe.answered'] - before.fates['probe.answered'], 1);
    t.equal(client.stats().notificationsNow, 0);
  }),
);

t.test(
  'when there was no room once, probes are few again as soon as there is',
  inWorld(async (t, world) => {
    const { server, client, peer } = await pair(world);
    await world.clock.runUntil(peer.call('ping'));
    world.network.setLink(client.address.host, server.address.host, { delayMs: 20 });
    burst(peer, 8);
    const before = server.stats().fates['probe.answered'];
    for (let update = 0; update < 500; update += 1) {
      peer.notify('note', [update]);
      await world.clock.advance(10);
    }
    const probes = server.stats().fates['probe.answered'] - before;
    t.ok(probes < 50, `${probes} probes in 5 s`);
    t.ok(burst(peer, 1_000) < 100, 'and what is not used does not grow');
    await world.settle();
  }),
);

t.test(
  'who waits for room waits for round trips, however few bytes have room',
  inWorld(async (t, world) => {
    const { ran, peer } = await pair(world, { initialWindow: 64, notifyFlightBytes: 16_384 });
    await world.clock.runUntil(peer.call('ping'));
    let isOver = false as boolean;
    const all = (async () => {
      while (!isOver) {
        await peer.readyToNotify();
        peer.notify('note', ['x'.repeat(600)]);
      }
    })();
    await world.clock.advance(1_000);
    isOver = true;
    await world.clock.runUntil(all);
    await world.settle();
    t.ok(ran.length > 1_000, `${ran.length} in 1 s, at 2 ms for each round trip`);
  }),
);

t.test(
  'calls are not overdue for probes, which wait for no procedure',
  inWorld(async (t, world) => {
    const slow = () => new Promise((resolve) => world.clock.setTimeout(() => resolve(1), 450));
    const server = await world.endpoint({ handlers: { note: () => undefined, slow } });
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    for (let index = 0; index < 12; index += 1) await world.clock.runUntil(peer.call('slow'));
    let overdue = 0;
    peer.on('call.overdue', () => (overdue += 1));
    for (let update = 0; update < 100; update += 1) {
      peer.notify('note');
      await world.clock.advance(50);
    }
    t.match(await world.clock.runUntil(peer.call('slow')), { state: 'resolved', attempts: 1 });
    t.equal(overdue, 0);
    await world.settle();
  }),
);

t.test(
  'few notifications cost few probes',
  inWorld(async (t, world) => {
    const { server, client, peer } = await pair(world);
    await world.clock.runUntil(peer.call('ping'));
    for (let update = 0; update < 40; update += 1) {
      peer.notify('note', [update]);
      await world.clock.advance(50);
    }
    const { fates } = server.stats();
    t.equal(fates['request.run'], 41);
    t.ok(fates['probe.answered'] <= 10, `${fates['probe.answered']} probes`);
    t.ok(fates['probe.answered'] >= 8);
    await world.clock.advance(1_000);
    t.equal(client.stats().fates['response.present'], server.stats().fates['probe.answered']);
  }),
);

t.test(
  'a limit of bytes holds as well, and one alone may exceed it',
  inWorld(async (t, world) => {
    const { peer } = await pair(world, { initialWindow: 64, notifyFlightBytes: 10_000 });
    const text = 'x'.repeat(2_000);
    const states = Array.from({ length: 6 }, () => peer.notify('note', [text]).state);
    t.strictSame(states, ['queued', 'queued', 'queued', 'dropped', 'dropped', 'dropped']);
    const small = await pair(world, { notifyFlightBytes: 1 });
    t.equal(small.peer.notify('note', [text]).state, 'queued');
    t.equal(small.peer.notify('note', [1]).state, 'dropped');
  }),
);

t.test(
  'without an answer the limit halves, the waits double, and the peer is suspect, then silent',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 8 });
    const peer = client.peer(raw.address);
    const admitted: number[] = [];
    const healths: string[] = [];
    for (let second = 0; second < 40; second += 1) {
      const count = burst(peer, 10);
      if (count > 0) {
        admitted.push(count);
        healths.push(peer.health);
      }
      await world.clock.advance(1_000);
    }
    t.strictSame(admitted.slice(0, 5), [8, 4, 2, 1, 1]);
    t.strictSame([...new Set(healths)], ['unknown', 'suspect', 'silent']);
    t.ok(admitted.length < 10, `${admitted.length} in 40 s`);
    const { length } = raw.probes;
    await world.clock.advance(120_000);
    t.ok(raw.probes.length - length <= 3, 'who is not notified is not asked for ever');
    t.equal(client.stats().notificationsNow, 0);
  }),
);

t.test(
  'one lost probe is repeated, is no evidence, and its answer is not timed',
  inWorld(async (t, world) => {
    const { server, client, peer } = await pair(world);
    await world.clock.runUntil(peer.call('ping'));
    const { roundTripMs, window } = peer;
    world.network.partition(client.address.host, server.address.host);
    peer.notify('note', [1]);
    await world.clock.advance(250);
    world.network.heal(client.address.host, server.address.host);
    await world.clock.advance(2_500);
    t.match(peer, { health: 'responsive', roundTripMs });
    t.ok(peer.window < window, 'it is congestion for calls, too');
    t.equal(client.stats().fates['response.present'], 1);
    t.ok(burst(peer, 100) > 0);
  }),
);

t.test(
  'a late or repeated answer to a probe is told from a strange one',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    peer.notify('note', [1]);
    await world.settle();
    raw.present(0);
    raw.present(0);
    await world.settle();
    const { fates } = client.stats();
    t.match(fates, { 'response.present': 1, 'response.late': 1, 'response.orphan': 0 });
    t.equal(peer.native, true);
    const forger = await world.raw();
    forger.probes.push(...raw.probes);
    forger.present(0);
    await world.settle();
    t.equal(client.stats().fates['response.orphan'], 1, 'from elsewhere it is nobody’s');
  }),
);

t.test(
  'a broken answer to a probe acknowledges nothing',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 1 });
    const peer = client.peer(raw.address);
    peer.notify('note', [1]);
    await world.settle();
    const [{ datagram } = { datagram: Buffer.alloc(0) }] = raw.probes;
    const broken = Buffer.from(datagram);
    broken[0] = TYPE_BYTE.present;
    raw.send(broken.subarray(0, 22), client.address);
    await world.settle();
    t.equal(client.stats().fates['malformed.shape'], 1);
    t.equal(peer.notify('note', [2]).state, 'dropped');
  }),
);

t.test(
  'old peers answer themselves: the answers pace, are ignored, and are told from strange ones',
  inWorld(async (t, world) => {
    const old = await world.raw();
    const client = await world.endpoint({ initialWindow: 2, window: 3 });
    const peer = client.peer(old.address);
    t.equal(burst(peer, 5), 2);
    await world.settle();
    old.answer(0, 'ignored');
    await world.settle();
    t.match(peer, { native: false, health: 'responsive', roundTripMs: Number });
    t.equal(burst(peer, 5), 2, 'one more than before');
    await world.settle();
    for (const index of [1, 2, 3]) old.answer(index, 'ignored');
    await world.settle();
    t.equal(burst(peer, 5), 3, 'as many as calls');
    await world.settle();
    old.answer(3, 'again');
    await world.settle();
    const { fates } = client.stats();
    t.match(fates, { 'response.ignored': 5, 'response.orphan': 0, 'response.matched': 0 });
    t.equal(old.probes.length, 1, 'who answers as an old peer is not asked again');
    t.equal(old.types.length, 7);
    const elsewhere = await world.raw();
    elsewhere.received.push(
      ...old.received.map(({ datagram }) => ({ datagram, from: client.address })),
    );
    elsewhere.answer(4, 'forged');
    await world.settle();
    t.equal(client.stats().fates['response.wrongPeer'], 1);
    // Those that are not answered do not stop the others for ever.
    await world.clock.advance(10_000);
    t.equal(burst(peer, 5), 1);
  }),
);

t.test(
  'the answers of many old peers belong to their notifications, and to no more than may be sent',
  inWorld(
    async (t, world) => {
      const peers = 100;
      const client = await world.endpoint({ notifyFlight: 50 });
      const olds = await Promise.all(Array.from({ length: peers }, () => world.raw()));
      const answerAll = (): void => {
        for (const old of olds) {
          for (const index of old.received.keys()) old.answer(index, 'ignored');
          old.received.length = 0;
        }
      };
      const admitted: number[] = [];
      for (let round = 0; round < 6; round += 1) {
        admitted.push(...new Set(olds.map(({ address }) => burst(client.peer(address), 100))));
        await world.settle();
        answerAll();
        await world.settle();
      }
      t.strictSame(admitted, [4, 8, 16, 32, 50, 50], 'up to notifyFlight, which is below window');
      const { fates } = client.stats();
      t.equal(fates['response.orphan'], 0);
      t.equal(fates['response.ignored'], 160 * peers);
    },
    { watched: false },
  ),
);

t.test(
  'a peer that was replaced by an old one is notified as such',
  inWorld(async (t, world) => {
    const { server, client, peer } = await pair(world, { host: '10.0.7.7' });
    await world.clock.runUntil(peer.call('ping'));
    const { address } = server;
    await world.clock.runUntil(server.close());
    const old = await world.raw(address.host, address.port);
    old.readsBundles = false;
    peer.notify('note', [1]);
    await world.clock.advance(8_000);
    t.equal(peer.health, 'suspect');
    peer.notify('note', [2]);
    await world.settle();
    const { length } = old.received;
    old.answer(length - 1, 'ignored');
    await world.settle();
    t.match(peer, { native: false, health: 'responsive' });
    t.equal(client.stats().fates['response.ignored'], 1);
  }),
);

t.test(
  'who waits until he may notify loses none',
  inWorld(async (t, world) => {
    const { ran, client, peer } = await pair(world);
    const made: Notification[] = [];
    const all = async (): Promise<void> => {
      for (let index = 0; index < 500; index += 1) {
        await peer.readyToNotify();
        made.push(peer.notify('note', [index]));
      }
    };
    await world.clock.runUntil(all());
    await world.settle();
    t.strictSame(
      ran,
      Array.from({ length: 500 }, (_, index) => index),
    );
    t.equal(client.stats().notifications.sent, 500);
    t.ok(made.every(({ state }) => state === 'sent'));
  }),
);

t.test(
  'a peer that is notified keeps its place until nothing is on its way',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ maxPeers: 1 });
    client.peer(raw.address).notify('note');
    t.throws(() => client.peer('10.0.9.9:1'), { name: 'TooManyPeersError' });
    await world.clock.advance(60_000);
    t.equal(client.peer('10.0.9.9:1').health, 'unknown');
  }),
);
