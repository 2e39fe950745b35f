/** The list of the peers that an endpoint knows. */
import t from 'tap';
import { z } from 'zod';
import type { HandlerScope } from '../../src/api/scope.js';
import { defineContract } from '../../src/contract/contract.js';
import { request, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const addresses = (peers: readonly { readonly address: string }[]) =>
  peers.map(({ address }) => address).sort();

t.test(
  'it has a handle for each peer: those that were called, and those that asked',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { double: (_, n: number) => 2 * n } });
    const client = await world.endpoint();
    t.strictSame(server.peers(), []);
    await world.clock.runUntil(client.peer(server.address).call('double', [1]));
    client.peer('10.0.9.9:1');
    t.strictSame(addresses(server.peers()), ['10.0.0.2:1000']);
    t.strictSame(addresses(client.peers()), ['10.0.0.1:1000', '10.0.9.9:1']);
    const [peer] = client.peers<typeof server>().filter(({ health }) => health === 'responsive');
    t.match(await world.clock.runUntil(peer!.call('double', [21])), { value: 42 });
    t.equal(peer?.sessionId, client.peer(server.address).sessionId, 'of the same actor');
    t.equal(client.peers().length, client.stats().peersNow);
  }),
);

t.test(
  'to list them changes nothing of who is forgotten first, until one is used',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ maxPeers: 2, handlers: { x: () => 1 } });
    const ask = async (host: string): Promise<void> => {
      const raw = await world.raw(host);
      raw.send(withHeaderMap(request(1, 'x')), server.address);
      await world.settle();
    };
    server.peer('10.0.1.1:1');
    await ask('198.51.1.7');
    const listed = server.peers();
    t.strictSame(addresses(listed), ['10.0.1.1:1', '198.51.1.7:2000']);
    await ask('198.51.2.7');
    t.strictSame(
      addresses(server.peers()),
      ['10.0.1.1:1', '198.51.2.7:2000'],
      'the stranger is still one',
    );
    const [stranger] = server.peers().filter(({ address }) => address.startsWith('198'));
    await world.clock.runUntil(stranger!.call('y', [], { timeoutMs: 10 }));
    await world.clock.advance(20_000);
    server.peer('10.0.1.2:1');
    t.ok(addresses(server.peers()).includes('198.51.2.7:2000'), 'whom one called is a friend');
  }),
);

t.test(
  'a listed peer that was forgotten is called all the same',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const client = await world.endpoint({ maxPeers: 1 });
    await world.clock.runUntil(client.peer(server.address).call('ping'));
    const [peer] = client.peers();
    client.peer('10.0.9.9:1');
    t.equal(peer?.health, 'forgotten');
    t.match(await world.clock.runUntil(peer!.call('ping')), { value: 'pong' });
  }),
);

t.test(
  'a name that is looked up is not among them, and others are by their address',
  inWorld(async (t, world) => {
    const found: ((host: string) => void)[] = [];
    const client = await world.endpoint({
      lookup: () => new Promise<string>((resolve) => found.push(resolve)),
    });
    const call = client.peer('service.example:2000').call('x');
    await world.settle();
    t.strictSame(client.peers(), []);
    found[0]?.('10.0.2.1');
    await world.settle();
    t.strictSame(addresses(client.peers()), ['10.0.2.1:2000']);
    call.cancel();
  }),
);

t.test(
  'with a contract their calls are checked',
  inWorld(async (t, world) => {
    const contract = defineContract({ add: { args: z.tuple([z.number()]) } });
    const client = await world.endpoint();
    client.peer('10.0.9.9:1');
    const [peer] = client.peers(contract);
    t.throws(() => peer?.call('add', ['one' as unknown as number]), {
      code: 'ERR_RPCUDP_INVALID_ARGUMENTS',
    });
    // @ts-expect-error no such procedure
    t.throws(() => peer?.call('subtract', [1]), { code: 'ERR_RPCUDP_CONTRACT' });
    const strange: unknown = {};
    t.throws(() => client.peers(strange as typeof contract), { code: 'ERR_RPCUDP_OPTION' });
  }),
);

t.test(
  'through a scope their calls belong to the request, and after the close there are none',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        all: async ({ endpoint }: HandlerScope) => {
          void server.close();
          const calls = endpoint.peers().map((peer) => peer.call('ping').value());
          return await Promise.all(calls);
        },
      },
    });
    const client = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const call = client.peer<typeof server>(server.address).call('all');
    t.match(await world.clock.runUntil(call), { value: ['pong'] });
    await world.clock.runUntil(server.close());
    t.strictSame(server.peers(), []);
  }),
);
