import t from 'tap';
import type { HandlerScope } from '../../src/api/scope.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** A server whose only procedure was called and never ends, and what that procedure got. */
async function hanging(world: World, closeGraceMs: number) {
  const scopes: HandlerScope[] = [];
  const server = await world.endpoint({
    closeGraceMs,
    handlers: {
      hang: (scope: HandlerScope) => {
        scopes.push(scope);
        return new Promise<never>(() => undefined);
      },
    },
  });
  const client = await world.endpoint();
  client.peer(server.address).call('hang');
  await world.settle();
  return { server, scopes };
}

t.test(
  'a procedure knows its sender, and can call back',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        relay: async ({ sender, endpoint }: HandlerScope, word: string) => {
          const answer = await endpoint.peer(sender).call('shout', [word]).value();
          return `${sender.host}:${sender.port} says ${String(answer)}`;
        },
      },
    });
    const client = await world.endpoint({
      handlers: { shout: (_, word: string) => word.toUpperCase() },
    });
    const call = client.peer<typeof server>(server.address).call('relay', ['hello']);
    t.match(await world.clock.runUntil(call), { value: '10.0.0.2:1000 says HELLO' });
  }),
);

t.test(
  'the signal aborts when the grace period of a closing endpoint ends, whether it was read early or late',
  inWorld(async (t, world) => {
    const { server, scopes } = await hanging(world, 500);
    const [scope] = scopes;
    const early = scope?.signal;
    const closed = server.close();
    await world.clock.advance(499);
    t.equal(early?.aborted, false);
    await world.clock.runUntil(closed);
    t.equal(early?.aborted, true);
    t.match(early?.reason, { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' });
  }),
);

t.test(
  'a signal that is read after the end is aborted already',
  inWorld(async (t, world) => {
    const { server, scopes } = await hanging(world, 0);
    await world.clock.runUntil(server.close());
    t.equal(scopes[0]?.signal.aborted, true);
  }),
);

t.test(
  'the signal of a procedure that has ended does not abort',
  inWorld(async (t, world) => {
    const signals: AbortSignal[] = [];
    const server = await world.endpoint({
      handlers: { quick: ({ signal }: HandlerScope) => signals.push(signal) },
    });
    const client = await world.endpoint();
    await world.clock.runUntil(client.peer(server.address).call('quick'));
    await server.close();
    t.equal(signals[0]?.aborted, false);
  }),
);
