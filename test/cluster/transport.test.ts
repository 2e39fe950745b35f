import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { systemClock } from '../../src/time/clock.js';
import { Doors } from '../../src/cluster/doors.js';
import { DOOR_KEY_BYTES, sealEnvelope } from '../../src/cluster/envelope.js';
import { DOOR_HOST } from '../../src/cluster/forwarder.js';
import { ownerOf } from '../../src/cluster/owner.js';
import { ClusterTransport } from '../../src/cluster/transport.js';
import { udpTransport } from '../../src/transport/udp.js';
import { Inbox } from '../fixtures/inbox.js';
import { clusterOf, HASH_SEED, MemoryCluster } from './memory-cluster.js';
import { request } from '../fixtures/raw-peer.js';
import { ipv6 } from '../fixtures/real-ipv6.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { transportContract, type TransportWorld } from '../fixtures/transport-contract.js';
import { inWorld, type World } from '../fixtures/world.js';

const ADDRESS = { host: '10.1.0.1', port: 1_000 };

/** The only worker of a cluster, over real UDP. */
const alone: TransportWorld = {
  transport: (host, port = 0) =>
    new ClusterTransport(clusterOf(0, 1, new Doors()), {
      shared: udpTransport({ host, port }),
      door: udpTransport({ host: DOOR_HOST, port: 0 }),
      doorKey: Buffer.alloc(DOOR_KEY_BYTES, 7),
      clock: systemClock,
    }),
  until: (promise) => promise,
};

t.test('a worker does what every transport does, over IPv4', async (t) => {
  transportContract(t, '127.0.0.1', () => alone);
});

t.test('a worker does what every transport does, over IPv6', ipv6(), async (t) => {
  transportContract(t, '::1', () => alone);
});

async function openCluster(t: Test, world: World, workers: number) {
  const { clock, network, random } = world;
  const cluster = new MemoryCluster({ clock, network, random, workers, address: ADDRESS });
  const opened = [];
  for (let slot = 0; slot < workers; slot++) {
    const transport = cluster.transport(slot);
    const inbox = new Inbox();
    t.strictSame(await transport.open(inbox), ADDRESS);
    t.teardown(() => transport.close());
    opened.push({ transport, inbox });
  }
  return { cluster, workers: opened };
}

const slotOf = ({ host, port }: { host: string; port: number }, workers: number): number =>
  ownerOf(host, port, HASH_SEED, workers);

/** A raw peer whose address belongs to the worker in `slot`. */
async function peerOf(world: World, slot: number, workers: number) {
  for (;;) {
    const host = world.nextHost();
    if (slotOf({ host, port: 2_000 }, workers) === slot) return world.raw(host, 2_000);
  }
}

const NOTHING = { forwarded: 0, takenOver: 0, lost: 0, tooLarge: 0, refusedAtDoor: 0 };

for (const seed of [1, 2, 3]) {
  t.test(
    `a datagram reaches the worker of its sender unchanged, whichever worker reads it (seed ${seed})`,
    inWorld(
      async (t, world) => {
        const { workers } = await openCluster(t, world, 3);
        const senders = [];
        for (let n = 0; n < 30; n++) senders.push(await world.raw());
        for (let n = 0; n < 10; n++) {
          for (const sender of senders) {
            const bytes = new Uint8Array(Math.floor(world.random.unit() * 300));
            world.random.fillBytes(bytes);
            sender.send(bytes, ADDRESS);
          }
          await world.clock.advance(10);
        }
        let forwarded = 0;
        let takenOver = 0;
        let received = 0;
        for (const [slot, { transport, inbox }] of workers.entries()) {
          t.ok(
            inbox.received.every((from) => slotOf(from, 3) === slot),
            `worker ${slot} has ${inbox.received.length}`,
          );
          forwarded += transport.forwarding.forwarded;
          takenOver += transport.forwarding.takenOver;
          received += inbox.received.length;
        }
        t.equal(received, 300);
        t.equal(forwarded, takenOver);
        t.ok(forwarded > 100 && forwarded < 300, `${forwarded} of 300 were read by another`);
        t.match(
          workers.map(({ transport }) => transport.forwarding),
          [0, 1, 2].map(() => ({ lost: 0, tooLarge: 0, refusedAtDoor: 0 })),
        );
      },
      { seed },
    ),
  );
}

t.test(
  'a forwarded datagram arrives with its source and its bytes',
  inWorld(async (t, world) => {
    const { cluster, workers } = await openCluster(t, world, 2);
    cluster.reader = 0;
    const sender = await peerOf(world, 1, 2);
    for (const datagram of [Buffer.alloc(0), Buffer.from('hello'), Buffer.alloc(60_000, 5)]) {
      sender.send(datagram, ADDRESS);
      await world.clock.advance(10);
      t.strictSame(workers[1]?.inbox.received, [{ datagram, ...sender.address }]);
      workers[1]?.inbox.received.splice(0);
    }
    t.match(workers[0]?.transport.forwarding, { ...NOTHING, forwarded: 3 });
    t.match(workers[1]?.transport.forwarding, { ...NOTHING, takenOver: 3 });
  }),
);

t.test(
  'each request runs at most once in all workers, also when envelopes are lost and doubled',
  async (t) => {
    for (const seed of [11, 12, 13]) {
      await t.test(
        `seed ${seed}`,
        inWorld(
          async (t, world) => {
            const link = { lossRate: 0.2, duplicationRate: 0.2, delayMs: { min: 0, max: 5 } };
            world.network.setLink(DOOR_HOST, DOOR_HOST, link);
            const { clock, network, random } = world;
            const workers = 3;
            const cluster = new MemoryCluster({
              clock,
              network,
              random,
              workers,
              address: ADDRESS,
            });
            const runs: string[] = [];
            for (let slot = 0; slot < workers; slot++) {
              await world.endpoint({
                transport: cluster.transport(slot),
                handlers: {
                  run: ({ sender }, n: unknown) => {
                    runs.push(`${sender.host} ${String(n)}`);
                    return [slot, runs.length];
                  },
                },
              });
            }
            const senders = [];
            for (let n = 0; n < 10; n++) senders.push(await world.raw());
            for (let copy = 0; copy < 8; copy++) {
              for (const sender of senders) {
                for (const n of [1, 2, 3]) sender.send(request(n, 'run', n), ADDRESS);
              }
              await world.clock.advance(50);
            }
            t.equal(runs.length, 30, 'each ran');
            t.equal(new Set(runs).size, 30, 'and none of them twice');
            for (const { received } of senders) {
              const answers = new Set(received.map(({ datagram }) => datagram.toString('hex')));
              t.equal(answers.size, 3, 'each has one answer, however often it came');
              t.ok(received.length > 10, `${received.length} answers`);
            }
          },
          { seed, watched: false },
        ),
      );
    }
  },
);

t.test(
  'datagrams for a worker that is gone are lost and counted, and its successor gets the later ones',
  inWorld(async (t, world) => {
    const { cluster, workers } = await openCluster(t, world, 2);
    cluster.reader = 0;
    const sender = await peerOf(world, 1, 2);
    await workers[1]?.transport.close();
    sender.send(Buffer.of(1), ADDRESS);
    await world.clock.advance(10);
    t.match(workers[0]?.transport.forwarding, { ...NOTHING, lost: 1 });

    const successor = cluster.transport(1);
    const inbox = new Inbox();
    await successor.open(inbox);
    t.teardown(() => successor.close());
    sender.send(Buffer.of(2), ADDRESS);
    await world.clock.advance(10);
    t.strictSame(inbox.received, [{ datagram: Buffer.of(2), ...sender.address }]);
    t.match(workers[0]?.transport.forwarding, { ...NOTHING, lost: 1, forwarded: 1 });
    t.strictSame(workers[0]?.inbox.received, []);
  }),
);

t.test(
  'a door that replaced another takes nothing that was meant for the other',
  inWorld(async (t, world) => {
    const { cluster, workers } = await openCluster(t, world, 2);
    const old = cluster.door(1);
    await workers[1]?.transport.close();
    const successor = cluster.transport(1, old.port);
    const inbox = new Inbox();
    await successor.open(inbox);
    t.teardown(() => successor.close());
    t.equal(cluster.door(1).port, old.port);
    // As for a worker that does not know of the change yet.
    cluster.doors.set(ADDRESS, 1, old);
    cluster.reader = 0;
    (await peerOf(world, 1, 2)).send(Buffer.of(1), ADDRESS);
    await world.clock.advance(10);
    t.match(successor.forwarding, { ...NOTHING, refusedAtDoor: 1 });
    t.strictSame(inbox.received, []);
  }),
);

t.test(
  'a datagram too large for an envelope is counted, and the largest that fits is forwarded',
  inWorld(async (t, world) => {
    const { cluster, workers } = await openCluster(t, world, 2);
    cluster.reader = 0;
    const sender = await peerOf(world, 1, 2);
    const overhead = DOOR_KEY_BYTES + 5 + sender.address.host.length;
    sender.send(Buffer.alloc(65_507 - overhead + 1), ADDRESS);
    await world.clock.advance(10);
    t.match(workers[0]?.transport.forwarding, { ...NOTHING, tooLarge: 1 });
    sender.send(Buffer.alloc(65_507 - overhead), ADDRESS);
    await world.clock.advance(10);
    t.match(workers[0]?.transport.forwarding, { ...NOTHING, tooLarge: 1, forwarded: 1 });
    t.equal(workers[1]?.inbox.received[0]?.datagram.length, 65_507 - overhead);
  }),
);

function scripted(doors = new Doors()) {
  const shared = new ScriptedTransport();
  const door = new ScriptedTransport();
  const inbox = new Inbox();
  const clock = { ...systemClock, afterPoll: (callback: () => void) => turns.push(callback) };
  const turns: (() => void)[] = [];
  const key = Buffer.alloc(DOOR_KEY_BYTES, 9);
  const parts = { shared, door, doorKey: key, clock };
  const transport = new ClusterTransport(clusterOf(0, 2, doors), parts);
  const endTurn = (): void => {
    for (const turn of turns.splice(0)) turn();
  };
  return { transport, shared, door, inbox, doors, endTurn, key };
}

/** The address that ScriptedTransport reports. */
const SCRIPTED = { host: '10.9.9.9', port: 9 };

/** Sources that belong to the worker in slot 1 of two. */
function foreignSources(count: number): { host: string; port: number }[] {
  const found = [];
  for (let port = 1; found.length < count; port++) {
    const source = { host: '10.0.0.1', port };
    if (slotOf(source, 2) === 1) found.push(source);
  }
  return found;
}

t.test('datagrams of one turn are forwarded in one envelope, up to 8 KiB', async (t) => {
  const { transport, shared, door, inbox, doors, endTurn } = scripted();
  await transport.open(inbox);
  doors.set(SCRIPTED, 1, { port: 77, key: Buffer.alloc(DOOR_KEY_BYTES, 1) });
  const arrive = (bytes: number, sources: readonly { host: string; port: number }[]): void => {
    for (const { host, port } of sources) {
      shared.receiver?.datagramReceived(Buffer.alloc(bytes), host, port);
    }
  };
  arrive(100, foreignSources(32));
  t.equal(door.sent.length, 0, 'nothing before the turn is over');
  endTurn();
  t.match(door.sent, [{ host: DOOR_HOST, port: 77 }]);
  door.sent[0]?.done(null);
  t.match(transport.forwarding, { ...NOTHING, forwarded: 32 });

  door.sent.length = 0;
  arrive(1_000, foreignSources(32));
  endTurn();
  t.strictSame(
    door.sent.map(({ datagram }) => Math.floor((datagram.length - DOOR_KEY_BYTES) / 1_000)),
    [8, 8, 8, 8],
  );
  door.sent[0]?.done(new Error('planted'));
  t.match(transport.forwarding, { ...NOTHING, forwarded: 32, lost: 8 }, 'a full send queue, say');
  door.sent.length = 0;
  endTurn();
  t.equal(door.sent.length, 0);

  arrive(1, foreignSources(1));
  await transport.close();
  t.equal(door.sent.length, 1, 'waiting datagrams are forwarded before the door is closed');
  endTurn();
  t.equal(door.sent.length, 1);
  t.ok(shared.closed && door.closed);
});

t.test('nothing is received through the door after close was called', async (t) => {
  const { transport, door, inbox, key } = scripted();
  const closing = {
    datagramReceived: (datagram: Buffer, host: string, port: number): void => {
      inbox.datagramReceived(datagram, host, port);
      void transport.close();
    },
    transportFailed: (): void => undefined,
  };
  await transport.open(closing);
  const letter = { datagram: Buffer.of(1), host: '10.0.0.1', port: 1 };
  const envelope = sealEnvelope(key, [letter, letter]);
  door.receiver?.datagramReceived(envelope, '192.0.2.1', 5);
  t.match(transport.forwarding, { ...NOTHING, refusedAtDoor: 1 }, 'from another host');
  door.receiver?.datagramReceived(envelope, DOOR_HOST, 5);
  t.strictSame(inbox.received, [letter]);
  t.match(transport.forwarding, { ...NOTHING, refusedAtDoor: 1, takenOver: 1 });
});

for (const broken of ['shared', 'door'] as const) {
  t.test(`when the ${broken} socket breaks, both are closed, with one report`, async (t) => {
    const parts = scripted();
    const { transport, shared, door, inbox, doors } = parts;
    await transport.open(inbox);
    t.equal([...doors].length, 1);
    const error = new Error('planted');
    parts[broken].receiver?.transportFailed(error);
    shared.receiver?.transportFailed(new Error('again'));
    t.strictSame(inbox.failures, [error]);
    t.ok(shared.closed && door.closed);
    t.equal([...doors].length, 0, 'and the others hear that it is gone');
  });
}

t.test('a worker that cannot have the address leaves no door behind', async (t) => {
  const { transport, shared, door, inbox, doors } = scripted();
  shared.open = () => Promise.reject(new Error('planted'));
  await t.rejects(transport.open(inbox), { message: 'planted' });
  t.ok(door.closed);
  t.equal([...doors].length, 0);
});

t.test('when a socket breaks while the other opens, open() rejects with its error', async (t) => {
  const { transport, shared, door, inbox } = scripted();
  const error = new Error('planted');
  shared.open = () => {
    door.receiver?.transportFailed(error);
    return Promise.resolve(SCRIPTED);
  };
  await t.rejects(transport.open(inbox), error);
  t.strictSame(inbox.failures, [], 'and nothing else hears of it');
  t.ok(shared.closed && door.closed);
});

t.test('datagrams of strangers at the door are counted, and do no harm', async (t) => {
  const doors = new Doors();
  const inbox = new Inbox();
  const doorKey = Buffer.from('0123456789abcdef');
  const transport = new ClusterTransport(clusterOf(0, 1, doors), {
    shared: udpTransport({ host: '127.0.0.1', port: 0 }),
    door: udpTransport({ host: DOOR_HOST, port: 0 }),
    doorKey,
    clock: systemClock,
  });
  await transport.open(inbox);
  t.teardown(() => transport.close());
  const [[, , door] = []] = [...doors];
  const stranger = createSocket('udp4');
  t.teardown(() => stranger.close());
  const letter = { datagram: Buffer.from('hi'), host: '10.0.0.1', port: 5 };
  const good = sealEnvelope(doorKey, [letter]);
  const forged = [
    Buffer.alloc(0),
    Buffer.from('hi'),
    sealEnvelope(Buffer.alloc(DOOR_KEY_BYTES), [letter]),
    doorKey,
    good.subarray(0, DOOR_KEY_BYTES + 3),
    good.subarray(0, -1),
    Buffer.concat([good, Buffer.of(1)]),
    request(1, 'run'),
  ];
  for (const bytes of [...forged, good]) stranger.send(bytes, door?.port, DOOR_HOST);
  await once(stranger, 'listening');
  t.strictSame(await inbox.next(), letter, 'the one with the key');
  t.match(transport.forwarding, {
    ...NOTHING,
    refusedAtDoor: forged.length,
    takenOver: 1,
    doorDrops: process.platform === 'linux' ? 0 : undefined,
  });
  t.strictSame([...inbox.received, ...inbox.failures], []);
});
