import t from 'tap';
import { HandlerFailedError } from '../../src/errors.js';
import type { Procedure } from '../../src/api/handlers.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** Serves one procedure, calls it once, and returns what happened. */
async function once(world: World, procedure: Procedure, ...args: unknown[]) {
  const server = await world.endpoint({ handlers: { procedure } });
  const client = await world.endpoint({ timeoutMs: 100 });
  const endings: unknown[] = [];
  server.on('request.settled', ({ ending }) => endings.push(ending));
  const outcome = await world.clock.runUntil(client.peer(server.address).call('procedure', args));
  return { server, endings, outcome, errors: world.errors.splice(0) };
}

t.test('what a procedure returns is the answer', async (t) => {
  const procedures: [string, Procedure, unknown][] = [
    ['at once', (_, a: number, b: number) => a + b, 3],
    ['in a promise', async (_, a: number, b: number) => Promise.resolve(a + b), 3],
    ['nothing, which is null', () => undefined, null],
    ['nothing in a promise', async () => undefined, null],
    [
      'in a thenable that is no promise',
      () => ({
        then: (resolve: (value: string) => void) => {
          resolve('then');
          throw new Error('ignored');
        },
      }),
      'then',
    ],
  ];
  for (const [name, procedure, value] of procedures) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const { outcome, endings, errors } = await once(world, procedure, 1, 2);
        t.match(outcome, { state: 'resolved', value });
        t.strictSame([endings, errors], [['replied'], []]);
      }),
    );
  }
});

t.test('a procedure that fails gives its caller an error, and is reported once', async (t) => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  const failure = new Error('broken');
  const procedures: [string, Procedure, RegExp][] = [
    [
      'it throws',
      () => {
        throw failure;
      },
      /broken/,
    ],
    ['it rejects', () => Promise.reject(failure), /broken/],
    ['it cannot be encoded', () => () => 'a function', /result: /],
    ['it is cyclic', () => cyclic, /result/],
    ['a promise of what cannot be encoded', async () => Symbol('x'), /result: /],
    [
      'it is too large',
      () => 'x'.repeat(70_000),
      /at least 65508 bytes; it may take at most 65483$/,
    ],
  ];
  for (const [name, procedure, message] of procedures) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const { server, outcome, endings, errors } = await once(world, procedure);
        t.match(outcome, { state: 'rejected', executed: 'maybe', error: { message } });
        t.strictSame(endings, ['failed']);
        t.equal(errors.length, 1);
        t.type(errors[0], HandlerFailedError);
        t.match(errors[0], { procedure: 'procedure', message });
        t.match(server.stats(), { sent: 1, requests: { failed: 1, replied: 0 } });
      }),
    );
  }
});

t.test('for anything that a procedure throws, the endpoint continues', async (t) => {
  const hostile: Record<string, unknown> = {
    undefined,
    'a symbol': Symbol('x'),
    'an object without prototype, as decoded maps are': Object.create(null) as unknown,
    'an object whose toString throws': {
      toString: () => {
        throw new Error('in toString');
      },
    },
  };
  for (const [name, thrown] of Object.entries(hostile)) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const { endings, errors } = await once(world, () => {
          throw thrown;
        });
        t.strictSame(endings, ['failed']);
        t.equal((errors[0] as HandlerFailedError).cause, thrown);
      }),
    );
  }
});

t.test(
  'by default a failing procedure gives one process warning, however often it fails',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      onError: undefined as never,
      handlers: {
        a: () => {
          throw new Error('first');
        },
        b: () => Promise.reject(new Error('second')),
      },
    });
    const warned: string[] = [];
    const listen = ({ message }: Error) => warned.push(message);
    process.on('warning', listen);
    t.teardown(() => process.off('warning', listen));
    const raw = await world.raw();
    for (const id of [1, 2, 3]) raw.send(request(id, 'a'), server.address);
    for (const id of [4, 5, 6]) raw.send(request(id, 'b'), server.address);
    await world.settle();
    t.strictSame(warned, ['The procedure "a" failed: first', 'The procedure "b" failed: second']);
  }),
);

t.test(
  'an endpoint can call itself',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint({ handlers: { echo: (_, value: string) => value } });
    const call = endpoint.peer<typeof endpoint>(endpoint.address).call('echo', ['me']);
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'me' });
  }),
);
