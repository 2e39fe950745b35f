import t from 'tap';
import { BindError } from '../../src/transport/bind-error.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'opening at an address in use rejects, and leaves nothing behind',
  inWorld(async (t, world) => {
    const first = await world.endpoint();
    const states: unknown[] = [];
    await t.rejects(
      world.endpoint({
        ...first.address,
        inspect: (event) => {
          if (event.type !== '@xstate.snapshot') return;
          const { id } = event.actorRef as { id?: string };
          states.push([id, (event.snapshot as { value?: unknown }).value]);
        },
      }),
      BindError,
    );
    t.strictSame(states.at(-1), ['endpoint', 'closed']);
    t.equal(world.clock.pendingTimers, 0);
  }),
);

t.test(
  'invalid options are found before anything is started',
  inWorld(async (t, world) => {
    let actors = 0;
    const handlers = { x: 5 } as never;
    await t.rejects(world.endpoint({ handlers, inspect: () => (actors += 1) }), {
      message: 'handlers.x must be a function, but is of type number',
    });
    t.equal(actors, 0);
  }),
);

t.test(
  'listeners that throw are reported, and harm nothing',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { echo: (_, value: unknown) => value } });
    const throwing = () => {
      throw new Error('mine');
    };
    server.on('frame.settled', throwing);
    server.on('request.settled', throwing);
    server.on('*', throwing);
    const client = await world.endpoint();
    t.match(await world.clock.runUntil(client.peer(server.address).call('echo', [1])), {
      value: 1,
    });
    await server.close();
    const what = 'started once, request twice, datagram twice, health once, closed once';
    t.equal(world.errors.splice(0).length, 7, what);
  }),
);

t.test(
  'an inspector that throws is reported once, and harms nothing',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: { echo: (_, value: unknown) => value },
      inspect: () => {
        throw new Error('mine');
      },
    });
    const client = await world.endpoint();
    const call = client.peer(server.address).call('echo', [1]);
    t.match(await world.clock.runUntil(call), { value: 1 });
    t.match(world.errors.splice(0), [{ message: 'mine' }]);
  }),
);

t.test(
  'an `onError` that throws harms nothing',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      onError: (error) => {
        throw error;
      },
      handlers: {
        fail: () => {
          throw new Error('broken');
        },
        echo: (_, value: unknown) => value,
      },
    });
    const raw = await world.raw();
    raw.send(request(1, 'fail'), server.address);
    raw.send(request(2, 'echo', 'alive'), server.address);
    await world.settle();
    t.equal(raw.received.length, 1);
  }),
);
