/** Which peers are forgotten to make room, as an endpoint's users and strangers see it. */
import t from 'tap';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { tapEndpoint } from '../../src/endpoint/tapped-endpoint.js';
import { bodyOf, request, withHeaderMap } from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** A server that counts, and strangers from any host that ask it. */
async function open(world: World, options: EndpointOptions) {
  const state = { runs: 0, ends: [] as (() => void)[] };
  const server = await world.endpoint({
    ...options,
    handlers: {
      count: () => (state.runs += 1),
      hold: () => new Promise<void>((resolve) => state.ends.push(resolve)),
    },
  });
  const known = new Map<string, RawPeer>();
  let asked = 0;
  /** Makes a request with a new id, and gives what came back for it. */
  const ask = async (host: string, port = 2000, procedure = 'count'): Promise<unknown[]> => {
    const name = `${host}:${port}`;
    const raw = known.get(name) ?? (await world.raw(host, port));
    known.set(name, raw);
    const before = raw.received.length;
    asked += 1;
    raw.send(withHeaderMap(request(asked, procedure)), server.address);
    await world.settle();
    return raw.received.slice(before).map(({ datagram }) => bodyOf(datagram));
  };
  /** A peer that answers a call of the server, and so becomes known to it. */
  const befriend = async (host: string) => {
    const raw = await world.raw(host);
    const peer = server.peer(raw.address);
    const call = peer.call('x');
    await world.settle();
    raw.answer(raw.received.length - 1, 1);
    await world.clock.runUntil(call);
    return peer;
  };
  return { server, state, ask, befriend };
}

t.test(
  'strangers make room for strangers, and what the server called stays',
  inWorld(async (t, world) => {
    const { server, ask, befriend } = await open(world, { maxPeers: 8 });
    const friends = [];
    for (const number of [1, 2, 3, 4]) friends.push(await befriend(`10.0.1.${number}`));
    for (let number = 0; number < 50; number++) {
      t.strictSame(await ask(`198.51.${number}.7`), [number + 1]);
    }
    t.strictSame(
      friends.map(({ health }) => health),
      ['responsive', 'responsive', 'responsive', 'responsive'],
    );
    t.equal(server.stats().peersNow, 8);
  }),
);

t.test(
  'the ports of one machine lock nobody out, not even its neighbours',
  inWorld(async (t, world) => {
    const { ask } = await open(world, { maxPeers: 4 });
    for (let port = 1; port <= 10; port++) t.equal((await ask('10.0.9.9', port)).length, 1);
    t.strictSame(await ask('10.0.9.2'), [11]);
    t.strictSame(await ask('10.0.8.2'), [12]);
  }),
);

t.test(
  'of the peers that were called, the one that was used least recently is forgotten first',
  inWorld(async (t, world) => {
    const { server, befriend } = await open(world, { maxPeers: 3 });
    const [first, second, third] = [
      await befriend('10.0.1.1'),
      await befriend('10.0.1.2'),
      await befriend('10.0.1.3'),
    ];
    server.peer(first.address);
    server.peer('10.0.2.1:1');
    t.strictSame(
      [first, second, third].map(({ health }) => health),
      ['responsive', 'forgotten', 'responsive'],
      'the first was asked for again, so the second was used least recently',
    );
  }),
);

t.test(
  'where friends have every place, one of them makes room for the first stranger alone',
  inWorld(async (t, world) => {
    const { ask, befriend } = await open(world, { maxPeers: 3 });
    const friends = [];
    for (const number of [1, 2, 3]) friends.push(await befriend(`10.0.1.${number}`));
    for (let number = 0; number < 10; number++) {
      t.strictSame(await ask(`198.51.${number}.7`), [number + 1]);
    }
    t.strictSame(
      friends.map(({ health }) => health),
      ['forgotten', 'responsive', 'responsive'],
    );
  }),
);

t.test(
  'a network that has its share of a full table makes room for its own',
  inWorld(async (t, world) => {
    const { server, ask } = await open(world, { maxPeers: 4, maxNetworkSharePercent: 50 });
    const others = ['203.0.113.1:1', '203.0.114.1:1'];
    await ask('203.0.113.1', 1);
    await ask('203.0.114.1', 1);
    for (let port = 1; port <= 20; port++) {
      t.equal((await ask(`198.51.100.${port}`, 1)).length, 1, 'it is served');
    }
    t.strictSame(addressesOf(server), [...others, '198.51.100.19:1', '198.51.100.20:1']);
    await ask('192.0.2.1', 1);
    t.strictSame(addressesOf(server).length, 4);
    t.notOk(
      addressesOf(server).includes('203.0.113.1:1'),
      'another network takes the oldest place',
    );
  }),
);

t.test(
  'a network with its share, all in use, is refused, and told so',
  inWorld(async (t, world) => {
    const { server, state, ask } = await open(world, { maxPeers: 4, maxNetworkSharePercent: 50 });
    await ask('203.0.113.1', 1);
    await ask('203.0.114.1', 1);
    for (const port of [1, 2]) await ask('198.51.100.7', port, 'hold');
    t.strictSame(await ask('198.51.100.7', 3, 'hold'), [
      [
        'overloaded',
        'The endpoint has reached its limit: maxNetworkSharePercent is 50 of maxPeers',
        { limit: 'maxNetworkSharePercent', value: 50, of: 'maxPeers' },
      ],
    ]);
    t.equal(server.stats().peersNow, 4);
    for (const end of state.ends) end();
    await world.settle();
  }),
);

t.test(
  'a caller that is turned away is told so, and can rely on it; an old peer hears nothing',
  inWorld(async (t, world) => {
    const { server, state, ask } = await open(world, { maxPeers: 1 });
    await ask('203.0.113.1', 1, 'hold');
    const raw = await world.raw('198.51.100.7');
    const old = await world.raw('198.51.100.8');
    const datagram = withHeaderMap(request(9, 'count'));
    raw.send(datagram, server.address);
    old.send(request(9, 'count'), server.address);
    await world.settle();
    for (const end of state.ends) end();
    await world.settle();
    raw.send(datagram, server.address);
    await world.settle();
    t.equal(state.runs, 0, 'there is room now, but the caller was told that it was not run');
    const [told, again] = raw.received.map((received) => received.datagram);
    t.strictSame(bodyOf(told!), [
      'overloaded',
      'The endpoint has reached its limit: maxPeers is 1',
      { limit: 'maxPeers', value: 1 },
    ]);
    t.ok(again!.equals(told!));
    t.equal(old.received.length, 0);
    old.send(request(9, 'count'), server.address);
    await world.settle();
    t.equal(state.runs, 1, 'an old peer was told nothing, and may try again');
  }),
);

t.test(
  'nobody becomes a peer whose request is not run, and who can be told why is told',
  inWorld(async (t, world) => {
    const { server, ask } = await open(world, {});
    t.match(await ask('198.51.100.7', 1, 'nope'), [['unknownProcedure']]);
    t.equal(server.stats().peersNow, 0);
    t.strictSame(await ask('198.51.100.7', 1), [1]);
    t.equal(server.stats().peersNow, 1);
  }),
);

for (const atMostOnce of ['bounded', 'strict'] as const) {
  t.test(
    `${atMostOnce}: a request is remembered longer than its peer`,
    inWorld(async (t, world) => {
      const { server, state } = await open(world, { maxPeers: 1, atMostOnce });
      const [raw, other] = [await world.raw('198.51.100.7'), await world.raw('198.51.101.7')];
      const datagram = withHeaderMap(request(1, 'count'));
      for (const [asker, bytes] of [
        [raw, datagram],
        [other, withHeaderMap(request(2, 'count'))],
        [raw, datagram],
      ] as const) {
        asker.send(bytes, server.address);
        await world.settle();
      }
      t.equal(state.runs, 2);
      t.strictSame(addressesOf(server), ['198.51.101.7:2000'], 'no peer is made for a repetition');
      const [first, again] = raw.received.map((received) => received.datagram);
      t.ok(again!.equals(first!));
      t.match(server.stats(), { forgottenEarly: 0, rememberedNow: 2, requests: { replayed: 1 } });
    }),
  );
}

t.test(
  'a caller that was challenged proves its address even after its peer was forgotten',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      ...{ maxPeers: 1, amplification: 'strict' },
      handlers: { fill: () => new Uint8Array(4_000) },
    });
    const client = await world.endpoint();
    const call = client.peer(server.address).call('fill');
    await world.clock.step();
    const stranger = await world.raw('198.51.100.7');
    stranger.send(request(2, 'fill'), server.address);
    t.match(await world.clock.runUntil(call), { state: 'resolved', attempts: 2 });
    t.equal(server.stats().fates['request.run'], 2);
  }),
);

t.test(
  'hosts and networks keep to their share of the running procedures; loopback has none',
  inWorld(async (t, world) => {
    const limits = { maxRunningHandlers: 8, maxRunningPerPeer: 1 };
    const { server, state, ask } = await open(world, limits);
    const refusalAt = async (host: string, port: number) => {
      const [answer] = await ask(host, port, 'hold');
      return (answer as readonly [string, string] | undefined)?.[1];
    };
    for (let port = 1; port <= 4; port++) t.equal(await refusalAt('198.51.100.7', port), undefined);
    t.match(await refusalAt('198.51.100.7', 5), /maxHostSharePercent is 50 of maxRunningHandlers$/);
    for (const port of [1, 2]) t.equal(await refusalAt('198.51.100.8', port), undefined);
    t.match(
      await refusalAt('198.51.100.9', 3),
      /maxNetworkSharePercent is 75 of maxRunningHandlers$/,
      'a neighbour that holds nothing yet',
    );
    t.equal(await refusalAt('203.0.113.1', 1), undefined, 'there is room for others');
    state.ends.shift()?.();
    await world.settle();
    t.equal(await refusalAt('198.51.100.7', 5), undefined, 'what has ended does not count');
    for (const end of state.ends) end();
    await world.settle();
    state.ends.length = 0;
    for (let port = 1; port <= 8; port++) t.equal(await refusalAt('127.0.0.1', port), undefined);
    t.equal(server.stats().runningNow, 8);
    for (const end of state.ends) end();
    await world.settle();
  }),
);

t.test(
  'a procedure that runs on after its deadline counts for the share of its host',
  inWorld(async (t, world) => {
    const limits = { maxRunningHandlers: 4, maxRunningPerPeer: 1, handlerTimeoutMs: 10 };
    const { server, state, ask } = await open(world, limits);
    for (const port of [1, 2]) await ask('198.51.100.7', port, 'hold');
    await world.clock.advance(20);
    world.errors.length = 0;
    t.equal(server.stats().overrunNow, 2);
    t.match(await ask('198.51.100.7', 3, 'hold'), [['overloaded']]);
    for (const end of state.ends) end();
    await world.settle();
    t.strictSame(await ask('198.51.100.7', 3), [1]);
  }),
);

t.test(
  'strict: hosts keep to their share of the memory of requests, until they are forgotten',
  inWorld(async (t, world) => {
    const limits = { maxReplies: 4, maxRunningPerPeer: 1 };
    const { state, ask } = await open(world, { atMostOnce: 'strict', ...limits });
    for (const port of [1, 2]) await ask('198.51.100.7', port);
    t.match(await ask('198.51.100.7', 3), [
      ['overloaded', 'The endpoint has reached its limit: maxHostSharePercent is 50 of maxReplies'],
    ]);
    await ask('203.0.113.1', 1);
    t.equal(state.runs, 3);
    await world.clock.advance(30_000);
    await ask('198.51.100.7', 4);
    t.equal(state.runs, 4);
  }),
);

/** The addresses of the peers that an endpoint knows. */
function addressesOf(endpoint: AnyEndpoint): string[] {
  const tapped = tapEndpoint(endpoint, {
    actorStarted: () => undefined,
    actorStepped: () => undefined,
    datagramSent: () => undefined,
    datagramLeft: () => undefined,
    datagramReceived: () => undefined,
    datagramSettled: () => undefined,
  });
  tapped.unsubscribe();
  return tapped.peers().map(({ address }) => address);
}
