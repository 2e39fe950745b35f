/** Who observes a peer always has its latest snapshot, wherever its name leads, until it ends. */
import t from 'tap';
import type { Test } from 'tap';
import type { Call } from '../../src/api/call.js';
import type { Peer } from '../../src/api/peer.js';
import type { PeerSnapshot } from '../../src/api/peer-snapshot.js';
import type { HandlerScope } from '../../src/api/scope.js';
import type * as Library from '../../src/index.js';
import { SimulatedClock } from '../../src/testing/clock.js';
import { SimulatedNetwork } from '../../src/testing/network.js';
import { SeededRandom } from '../../src/testing/random.js';
import { collectGarbage } from '../fixtures/garbage.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** What an observer was told, in order. */
function observe(peer: Peer) {
  const told: PeerSnapshot[] = [];
  let completed = 0;
  const subscription = peer.subscribe({
    next: (snapshot) => told.push(snapshot),
    complete: () => (completed += 1),
  });
  return {
    told,
    unsubscribe: () => {
      subscription.unsubscribe();
    },
    get completed() {
      return completed;
    },
  };
}

t.test(
  'a snapshot for all changes that were made together',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    raw.native = true;
    const client = await world.endpoint({ initialWindow: 2, mailbox: 4, timeoutMs: 1_000 });
    const peer = client.peer(raw.address);
    const { told } = observe(peer);
    const calls = [1, 2, 3].map(() => peer.call('x'));
    t.strictSame(told, [], 'not in the middle of a call');
    await world.settle();
    t.strictSame(told, [
      {
        status: 'active',
        address: peer.address,
        ...{ health: 'unknown', roundTripMs: undefined, native: false },
        ...{ window: 2, inWindow: 2, inFlight: 2, queued: 1, room: 3 },
        ...{ output: undefined, error: undefined },
      },
    ]);
    raw.answer(0, 5);
    await world.settle();
    t.match(told.at(-1), { health: 'responsive', native: true, window: 3, queued: 0, inFlight: 2 });
    t.equal(told.at(-1), peer.getSnapshot());
    t.type(told.at(-1)?.roundTripMs, 'number');
    await world.clock.runUntil(Promise.all(calls));
    t.match(told.at(-1), { inFlight: 0, inWindow: 0 });
  }),
);

/**
 * Calls and cancels at random, and compares what was told last with what the peer shows, as do
 * others.
 */
async function session(
  t: Test,
  world: World,
  peer: Peer,
  ...others: Peer[]
): Promise<PeerSnapshot[]> {
  const drawn = (below: number) => Math.floor(world.random.unit() * below);
  const calls: Call[] = [];
  const all = [peer, ...others].map((one) => ({ one, told: observe(one).told }));
  const { told } = all[0]!;
  const wrong: unknown[] = [];
  for (let made = 0; made < 150; made += 1) {
    const kind = drawn(8);
    if (kind < 4) calls.push(peer.call(kind === 0 ? 'slow' : 'echo', [made], { attempts: 3 }));
    else if (kind === 4) calls.at(-1 - drawn(3))?.cancel();
    await world.clock.advance(drawn(120));
    for (const { one, told } of all) {
      const now = one.getSnapshot();
      // What is known of the round trip also ages by itself.
      const last = { ...(told.at(-1) ?? now), roundTripMs: now.roundTripMs };
      if (JSON.stringify(last) !== JSON.stringify(now)) wrong.push({ last, now });
    }
  }
  t.strictSame(wrong, []);
  t.ok(told.length > 50, `${told.length} snapshots`);
  t.ok(
    told.every((snapshot, index) => snapshot !== told[index + 1]),
    'and nothing is told twice',
  );
  return told;
}

for (const lossRate of [0.2, 0.6, 0.95]) {
  for (const seed of [1, 2, 3]) {
    t.test(
      `whatever happens, who observes has the latest (${lossRate * 100}% lost, seed ${seed})`,
      inWorld(
        async (t, world) => {
          const serve = (host: string) =>
            world.endpoint({
              host,
              handlers: {
                echo: (_: HandlerScope, value: number) => value,
                slow: () =>
                  new Promise((resolve) => {
                    world.clock.setTimeout(() => {
                      resolve(1);
                    }, 700);
                  }),
              },
            });
          for (const host of ['10.0.2.1', '10.0.2.2']) await serve(host);
          const client = await world.endpoint({
            ...{ initialWindow: 2, timeoutMs: 600, lingerMs: 500 },
            lookup: async () => Promise.resolve(['10.0.2.1', '10.0.2.2']),
          });
          const byAddress = await session(t, world, client.peer('10.0.2.1:1000'));
          t.ok(new Set(byAddress.map(({ health }) => health)).size > 1);
          const others = ['10.0.2.1:1000', '10.0.2.2:1000'].map((at) => client.peer(at));
          await session(t, world, client.peer('service.example:1000'), ...others);
          await world.clock.advance(2_000);
        },
        { lossRate, seed, watched: false },
      ),
    );
  }
}

t.test(
  'an observer of a name follows it to its next address, and is told when it ends',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.2.2');
    let means = ['10.0.2.1', '10.0.2.2'];
    const client = await world.endpoint({
      timeoutMs: 100,
      lookup: async () => Promise.resolve(means),
    });
    const peer = client.peer('service.example:2000');
    const { told, ...observed } = observe(peer);
    await world.clock.runUntil(peer.call('x'));
    await world.settle();
    t.match(told[0], { address: 'service.example:2000', health: 'resolving', queued: 1 });
    t.match(told.at(-1), { address: '10.0.2.2:2000', health: 'unknown' });
    const call = peer.call('x');
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(call);
    await world.settle();
    t.match(told.at(-1), { address: '10.0.2.2:2000', health: 'responsive' });
    const before = told.length;
    client.peer('10.0.2.1:2000').call('x');
    await world.settle();
    t.equal(told.length, before, 'nothing of the peer that was left');
    means = [];
    await world.clock.runUntil(client.close());
    await world.settle();
    t.match(told.at(-1), { status: 'done', health: 'forgotten' });
    observed.unsubscribe();
    const late = observe(peer);
    t.strictSame([late.told.length, late.completed], [0, 1], 'who comes after the end is told so');
  }),
);

t.test(
  'an observed peer is not forgotten, and one that is observed no more may be',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ maxPeers: 1 });
    const peer = client.peer('10.0.9.1:1');
    const first = observe(peer);
    const second = observe(client.peer('10.0.9.1:1'));
    t.throws(() => client.peer('10.0.9.2:1'), { name: 'TooManyPeersError' });
    first.unsubscribe();
    first.unsubscribe();
    t.throws(() => client.peer('10.0.9.2:1'), { name: 'TooManyPeersError' });
    second.unsubscribe();
    t.equal(client.peer('10.0.9.2:1').health, 'unknown');
    t.equal(peer.health, 'forgotten');
    t.equal(peer.getSnapshot().status, 'active', 'as it comes back when it is called');
    t.strictSame([first.told, first.completed], [[], 0]);
  }),
);

t.test(
  'what an observer throws is reported, and the others are told',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer('10.0.9.1:1');
    const broken = peer.subscribe(() => {
      throw new Error('of the observer');
    });
    const { told } = observe(peer);
    await world.clock.runUntil(peer.call('x'));
    await world.settle();
    t.ok(told.length > 0);
    broken.unsubscribe();
    const errors = world.errors.splice(0);
    t.equal(errors.length, told.length);
    t.ok(errors.every((error) => String(error).includes('of the observer')));
  }),
);

t.test('an idle peer takes at most 1.2 KiB, and as much after it was observed', async (t) => {
  const built = new URL('../../dist/index.js', import.meta.url).href;
  const { createEndpoint } = (await import(built)) as typeof Library;
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork({ clock, seed: 1 });
  const endpoint = await createEndpoint({
    ...{ transport: network.transport('10.0.0.1', 1), clock, random: new SeededRandom(1) },
    maxPeers: 16_384,
  });
  const make = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) {
      const peer = endpoint.peer({ host: `10.1.${index >> 8}.${index & 255}`, port: 1 });
      peer.subscribe(() => undefined).unsubscribe();
    }
  };
  make(0, 1_000);
  const before = await bytesInUse();
  make(1_000, 9_000);
  const bytes = ((await bytesInUse()) - before) / 8_000;
  t.ok(bytes <= 1_229, `${bytes.toFixed(0)} bytes`);
  await clock.runUntil(endpoint.close());
});

async function bytesInUse(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}
