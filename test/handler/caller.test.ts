/** The caller of a procedure, as a peer that the procedure can call: `scope.peer`. */
import t from 'tap';
import { z } from 'zod';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { ContractHandlers, Procedure } from '../../src/api/handlers.js';
import type { HandlerScope } from '../../src/api/scope.js';
import type { Peer } from '../../src/api/peer.js';
import { defineContract } from '../../src/contract/contract.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { udpTransport } from '../../src/transport/udp.js';
import { inWorld } from '../fixtures/world.js';

const callerHandlers = {
  shout: (_: HandlerScope, word: string): string => word.toUpperCase(),
};
type Caller = typeof callerHandlers;

t.test(
  'a procedure calls its caller back, whose procedures it knows by a type',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        relay: async ({ peer }: HandlerScope<Caller>, word: string) =>
          `${peer.address} says ${await peer.remote.shout(word).value()}`,
      },
    });
    const client = await world.endpoint({ handlers: callerHandlers });
    const call = client.peer<typeof server>(server.address).call('relay', ['hello']);
    t.match(await world.clock.runUntil(call), { value: '10.0.0.2:1000 says HELLO' });
  }),
);

t.test(
  'it is made once, when it is asked for, and is the peer that the endpoint has',
  inWorld(async (t, world) => {
    const peers: Peer[] = [];
    const server = await world.endpoint({
      handlers: {
        keep: (scope: HandlerScope) => {
          peers.push(scope.peer, scope.peer, scope.endpoint.peer(scope.sender));
        },
      },
    });
    const client = await world.endpoint();
    const peer = client.peer<typeof server>(server.address);
    t.match(await world.clock.runUntil(peer.call('keep')), { state: 'resolved' });
    t.equal(peers[0], peers[1]);
    t.equal(peers[0]?.sessionId, peers[2]?.sessionId, 'of the same actor');
    t.equal(peers[0]?.health, 'responsive');
  }),
);

t.test(
  'its calls belong to the request: they outlive the close for as long as the procedure runs',
  inWorld(async (t, world) => {
    const late: HandlerScope[] = [];
    const server = await world.endpoint({
      handlers: {
        work: async (scope: HandlerScope<Caller>) => {
          late.push(scope as unknown as HandlerScope);
          void server.close({ graceMs: 1_000 });
          return await scope.peer.call('shout', ['hello']).value();
        },
      },
    });
    const client = await world.endpoint({ handlers: callerHandlers });
    const call = client.peer<typeof server>(server.address).call('work');
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'HELLO' });
    await world.clock.runUntil(server.close());
    const [scope] = late;
    t.throws(() => scope?.peer.call('shout'), { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' });
  }),
);

t.test('an endpoint that shares its port does not call its callers', async (t) => {
  const thrown: unknown[] = [];
  const shared = udpTransport({ host: '127.0.0.1' });
  Object.defineProperty(shared, 'sharesPort', { value: true });
  const server = await createEndpoint({
    transport: shared,
    handlers: {
      back: (scope: HandlerScope) => {
        for (const ask of [() => scope.peer, () => scope.endpoint.peers(), () => server.peers()]) {
          try {
            ask();
          } catch (error) {
            thrown.push((error as { code?: unknown }).code);
          }
        }
      },
    },
  });
  const client = await createEndpoint({ host: '127.0.0.1' });
  await client.peer(server.address).call('back').value();
  t.strictSame(thrown, Array(3).fill('ERR_RPCUDP_SHARED_PORT'));
  await Promise.all([client.close(), server.close()]);
});

/** The compiler is the test of all that follows. */
interface Node {
  ping(scope: HandlerScope<Node>, hops: number): Promise<number>;
}

/** Peers that call their own kind: by an interface, or by a class. */
const node: Node = {
  ping: async ({ peer }, hops) => (hops === 0 ? 0 : 1 + (await peer.call('ping', [hops]).value())),
};

class ByClass {
  async ping({ peer }: HandlerScope<ByClass>, hops: number): Promise<number> {
    return await peer.call('ping', [hops]).value();
  }
}

async function ofScopes() {
  const server = await createEndpoint({
    handlers: {
      unsaid: async ({ peer }, word: string) => {
        const answer = await peer.call('shout', [word]).value();
        // @ts-expect-error nothing is known of the result
        answer satisfies string;
        // @ts-expect-error nothing is known of its methods
        peer.remote.shout satisfies unknown;
        peer.on('call.overdue', ({ waitedMs }) => waitedMs satisfies number);
        peer.send({ type: 'call', procedure: 'shout', args: [word] });
        return peer.health;
      },
      said: async ({ peer }: HandlerScope<Caller>, word: string) => {
        // @ts-expect-error no such procedure
        peer.call('whisper', [word]);
        // @ts-expect-error the argument is a string
        peer.call('shout', [1]);
        return (await peer.call('shout', [word]).value()) satisfies string;
      },
      byEndpoint: ({ peer }: HandlerScope<AnyEndpoint>) => peer.address,
    },
  });
  (await server.peer<typeof server>('a:1').call('said', ['x']).value()) satisfies string;
  const nodes = await createEndpoint({ handlers: node });
  (await nodes.peer<typeof nodes>('a:1').call('ping', [1]).value()) satisfies number;
  ({ run: ({ peer }: HandlerScope<Caller>) => peer.call('shout', ['x']) }).run satisfies Procedure;
  // @ts-expect-error a scope is no procedure's second argument
  ({ run: (_: string, { peer }: HandlerScope<Caller>) => peer }).run satisfies Procedure;
}

const contract = defineContract({ add: { args: z.tuple([z.number()]), result: z.number() } });

async function ofContracts() {
  await createEndpoint({
    contract,
    handlers: {
      add: async ({ peer }: HandlerScope<Caller>, n) =>
        n + (await peer.call('shout', ['x']).value()).length,
    },
  });
  ({
    // @ts-expect-error the contract's argument is a number
    add: ({ peer }: HandlerScope<Caller>, n: string) => n.length + peer.inFlight,
  }) satisfies ContractHandlers<typeof contract>;
}

t.test('types of the caller', async (t) => {
  t.same(
    [ofScopes, ofContracts, ByClass].map((check) => typeof check),
    Array(3).fill('function'),
  );
});
