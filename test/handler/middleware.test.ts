/** What middleware sees of requests, and what it makes of their results. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import { CallerCancelledError, HandlerTimedOutError } from '../../src/errors.js';
import type { CallOptions } from '../../src/api/call-options.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { Handlers } from '../../src/api/handlers.js';
import type { Middleware, MiddlewareRequest } from '../../src/api/middleware.js';
import { fail } from '../../src/api/procedure-error.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { request, withHeaderMap } from '../fixtures/raw-peer.js';
import { schemaOf } from '../fixtures/schemas.js';
import { inWorld, type World } from '../fixtures/world.js';

const HANDLERS: Handlers = {
  double: (_, n: number) => 2 * n,
  later: async (_, n: number) => Promise.resolve(2 * n),
  fails: () => {
    throw new Error('broken');
  },
  rejects: async () => Promise.reject(new Error('broken')),
  declares: () => fail('full', 'no room', { left: 0 }),
  hold: () => new Promise(() => undefined),
};

/** A server with middleware, and what calls to it. */
async function serving(
  world: World,
  use: readonly Middleware[],
  { handlers = HANDLERS, ...options }: EndpointOptions = {},
) {
  const server = await world.endpoint({ ...options, use, handlers });
  const client = await world.endpoint({ timeoutMs: 60_000 });
  const endings: string[] = [];
  server.on('request.settled', ({ ending }) => endings.push(ending));
  const ask = (procedure: string, args: unknown[] = [21], options?: CallOptions) =>
    world.clock.runUntil(client.peer(server.address).call(procedure, args, options));
  return { server, client, endings, ask };
}

/** A promise, and what resolves it. */
function gate<Value>() {
  let open!: (value: Value) => void;
  const passed = new Promise<Value>((resolve) => (open = resolve));
  return { passed, open };
}

t.test(
  'the first in the list is the outermost, around procedures of every kind',
  inWorld(async (t, world) => {
    const told: string[] = [];
    const noting =
      (name: string): Middleware =>
      (_, next) => {
        told.push(`${name} begins`);
        const result = next();
        told.push(`${name} ends`);
        return result;
      };
    const { ask } = await serving(world, [noting('first'), noting('second')]);
    for (const procedure of ['double', 'later']) {
      told.length = 0;
      t.match(await ask(procedure), { state: 'resolved', value: 42 });
      t.strictSame(told, ['first begins', 'second begins', 'second ends', 'first ends']);
    }
  }),
);

t.test(
  'what is synchronous is not made asynchronous',
  inWorld(async (t, world) => {
    const order: unknown[] = [];
    const passing: Middleware = (_, next) => {
      queueMicrotask(() => order.push('a microtask later'));
      const result = next();
      order.push(result);
      return result;
    };
    const { server, ask } = await serving(world, [passing, (_, next) => next()]);
    server.on('request.settled', ({ ending }) => order.push(ending));
    await ask('double');
    t.strictSame(order, [42, 'replied', 'a microtask later']);
  }),
);

t.test(
  'what middleware adds is in the context of those after it, and of the procedure',
  inWorld(async (t, world) => {
    const contexts: object[] = [];
    const given = { user: { name: 'Snake' }, tenant: 1 };
    const hostile = JSON.parse('{ "__proto__": { "admin": true } }') as object;
    const { ask } = await serving(
      world,
      [
        (request, next) => {
          contexts.push(request.context);
          return next(given);
        },
        (request, next) => {
          contexts.push(request.context);
          return next({ tenant: 2 });
        },
        (_, next) => next(),
        (_, next) => next(hostile),
        (_, next) => next(Object.assign(Object.create(null) as object, { bare: true })),
      ],
      { handlers: { note: ({ context }) => contexts.push(context) } },
    );
    await ask('note');
    const [first, second, procedure] = contexts as Record<string, unknown>[];
    t.strictSame(first, {});
    t.strictSame(second, { user: { name: 'Snake' }, tenant: 1 });
    t.equal(second?.['user'], given.user, 'values are not copied');
    t.equal(procedure?.['tenant'], 2, 'a later one replaces an earlier one');
    t.equal(procedure?.['bare'], true);
    t.equal(procedure?.['admin'], undefined);
    t.ok(Object.hasOwn(procedure ?? {}, '__proto__'));
    t.strictSame(given, { user: { name: 'Snake' }, tenant: 1 }, 'what was given is not changed');
    await ask('note');
    t.strictSame(contexts[3], {}, 'each request has a context of its own');
  }),
);

t.test(
  'without middleware, or with an empty list, the context is empty and cannot be changed',
  inWorld(async (t, world) => {
    for (const use of [undefined, []]) {
      const contexts: object[] = [];
      const server = await world.endpoint({
        use,
        handlers: { note: ({ context }: HandlerScope) => contexts.push(context) },
      });
      const peer = (await world.endpoint()).peer(server.address);
      await world.clock.runUntil(Promise.all([peer.call('note'), peer.call('note')]));
      t.strictSame(contexts, [{}, {}]);
      t.ok(contexts.every(Object.isFrozen));
      t.equal(contexts[0], contexts[1]);
    }
  }),
);

t.test(
  'middleware is told of the request, and gets the scope that the procedure gets',
  inWorld(async (t, world) => {
    const seen: Record<string, unknown>[] = [];
    const scopes: unknown[] = [];
    const { server, client, ask } = await serving(
      world,
      [
        (request, next) => {
          const { procedure, args, sender, transactionId, attempt, traceparent } = request;
          const { remainingMs, refusal } = request;
          seen.push({ procedure, args, sender, transactionId, attempt, traceparent });
          seen.push({ remainingMs, refusal, aborted: request.signal.aborted });
          scopes.push(request);
          return next();
        },
      ],
      { handlers: { note: (scope) => scopes.push(scope) }, handlerTimeoutMs: 700 },
    );
    const ids: string[] = [];
    server.on('request.settled', ({ transactionId }) => ids.push(transactionId));
    await ask('note', ['a', 1], { traceparent: 'trace' });
    t.match(seen[0], { procedure: 'note', args: ['a', 1], sender: client.address, attempt: 1 });
    t.match(seen[0], { transactionId: ids[0], traceparent: 'trace' });
    t.match(seen[1], { remainingMs: 700, refusal: undefined, aborted: false });
    t.equal(scopes[0], scopes[1]);
  }),
);

t.test('what middleware returns is the result, and what it throws is an error', async (t) => {
  const cases: [string, Middleware, object][] = [
    ['it replaces the result', (_, next) => [next(), 'more'], { value: [42, 'more'] }],
    ['and later', async (_, next) => [await next(), 'more'], { value: [42, 'more'] }],
    ['it answers alone', () => 'cached', { value: 'cached' }],
    ['and later', async () => Promise.resolve('cached'), { value: 'cached' }],
    ['it gives nothing', () => undefined, { value: null }],
    [
      'it fails',
      () => fail('unauthorized', 'Who are you?', [1]),
      { error: { code: 'unauthorized', message: 'Who are you?', data: [1] } },
    ],
    [
      'and later',
      async () => Promise.resolve().then(() => fail('unauthorized', 'Who are you?')),
      { error: { code: 'unauthorized' } },
    ],
    [
      'it fails afterwards',
      (_, next) => {
        next();
        fail('spent', 'no credit');
      },
      { error: { code: 'spent' } },
    ],
  ];
  for (const [name, middleware, outcome] of cases) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const { server, ask } = await serving(world, [middleware]);
        t.match(await ask('double'), outcome);
        t.match(server.stats(), { runningNow: 0, rememberedNow: 1, unseenRefusals: 0 });
      }),
    );
  }
});

t.test('what the procedure throws passes through, and middleware may catch it', async (t) => {
  for (const procedure of ['fails', 'rejects', 'declares']) {
    await t.test(
      procedure,
      inWorld(async (t, world) => {
        const caught: unknown[] = [];
        const { endings, ask } = await serving(world, [
          async (_, next) => {
            try {
              return await next();
            } catch (error) {
              caught.push(error);
              throw error;
            }
          },
          (_, next) => next(),
        ]);
        const { endings: ofForgiving, ask: askForgiving } = await serving(world, [
          async (_, next) => {
            try {
              return await next();
            } catch {
              return 'something else';
            }
          },
        ]);
        const declared = procedure === 'declares';
        const message = declared ? 'no room' : 'broken';
        t.match(await ask(procedure), { error: { code: declared ? 'full' : 'handlerFailed' } });
        t.match(caught, [{ message }]);
        t.strictSame(endings, ['failed']);
        const errors = world.errors.splice(0);
        t.match(errors, declared ? [] : [{ name: 'HandlerFailedError', cause: caught[0] }]);
        t.equal(errors.length, declared ? 0 : 1);
        t.match(await askForgiving(procedure), { value: 'something else' });
        t.strictSame(ofForgiving, ['replied']);
      }),
    );
  }
});

t.test(
  'an error of the procedure that middleware does not wait for does not end the process',
  inWorld(async (t, world) => {
    const { ask } = await serving(world, [
      (_, next) => {
        next();
        return 'at once';
      },
      (_, next) => next(),
    ]);
    t.match(await ask('rejects'), { value: 'at once' });
    await nextTurn();
  }),
);

t.test(
  'a thenable that the procedure gives is asked for its value once',
  inWorld(async (t, world) => {
    let asked = 0;
    const lazy = {
      then: (resolve: (value: string) => void) => {
        asked += 1;
        resolve('found');
      },
    };
    const { ask } = await serving(world, [(_, next) => next(), (_, next) => next()], {
      handlers: { find: () => lazy },
    });
    t.match(await ask('find'), { value: 'found' });
    t.equal(asked, 1);
  }),
);

const CONTRACT = defineContract({
  double: {
    args: schemaOf<[n: number], [n: number, unit: string]>((value) => ({
      value: [(value as [number])[0], 'm'],
    })),
    result: schemaOf<number, number>((value) =>
      typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] },
    ),
  },
});

t.test(
  'with a contract, middleware sees the arguments that were made, and its result is checked',
  inWorld(async (t, world) => {
    const seen: unknown[] = [];
    const server = await world.endpoint({
      contract: CONTRACT,
      use: [
        (request: MiddlewareRequest, next) => {
          seen.push(request.args);
          const result = next();
          return result === 42 ? result : 'text';
        },
      ],
      handlers: { double: (_, n) => 2 * n },
    });
    const peer = (await world.endpoint()).peer(server.address);
    t.match(await world.clock.runUntil(peer.call('double', [21])), { value: 42 });
    const wrong = await world.clock.runUntil(peer.call('double', [1]));
    t.match(wrong, { error: { code: 'invalidResult' } });
    t.strictSame(seen, [
      [21, 'm'],
      [1, 'm'],
    ]);
    t.match(world.errors.splice(0), [{ cause: { name: 'InvalidResultError' } }]);
  }),
);

t.test(
  'a repeated request does not pass again',
  inWorld(async (t, world) => {
    let passed = 0;
    const { passed: opened, open } = gate<string>();
    const { server } = await serving(world, [
      async (_, next) => {
        passed += 1;
        await opened;
        return next();
      },
    ]);
    const raw = await world.raw();
    const datagram = withHeaderMap(request(1, 'double', 21));
    raw.send(datagram, server.address);
    await world.settle();
    raw.send(datagram, server.address);
    await world.settle();
    open('now');
    await world.settle();
    raw.send(datagram, server.address);
    await world.settle();
    t.equal(passed, 1);
    t.match(server.stats(), { requests: { replied: 1, duplicate: 1, replayed: 1 } });
  }),
);

t.test(
  'when the caller cancels while middleware waits, the procedure is not run',
  inWorld(async (t, world) => {
    const { passed, open } = gate<string>();
    const signals: AbortSignal[] = [];
    const caught: unknown[] = [];
    let runs = 0;
    const { server, client, endings, ask } = await serving(
      world,
      [
        async ({ procedure, signal }, next) => {
          if (procedure === 'ping') return next();
          signals.push(signal);
          await passed;
          try {
            return await next();
          } catch (error) {
            caught.push(error);
            throw error;
          }
        },
      ],
      { handlers: { ping: () => 'pong', run: () => (runs += 1) } },
    );
    // Only a peer that is known to understand it is told.
    await ask('ping');
    const call = client.peer(server.address).call('run');
    await world.settle();
    call.cancel();
    await world.settle();
    t.type(signals[0]?.reason, CallerCancelledError);
    t.match(server.stats(), { runningNow: 1 });
    open('too late');
    await world.settle();
    t.equal(runs, 0);
    t.equal(caught[0], signals[0]?.reason);
    t.strictSame(endings, ['replied', 'cancelled']);
    t.match(server.stats(), { runningNow: 0, requests: { cancelled: 1 } });
  }),
);

t.test(
  'middleware that never answers ends at the deadline, and cannot run the procedure then',
  inWorld(async (t, world) => {
    const { passed, open } = gate<string>();
    const caught: unknown[] = [];
    let runs = 0;
    const { server, endings, ask } = await serving(
      world,
      [
        // The outer one never gives up; the inner one waits in a callback, where nobody catches.
        (_, next) => next(),
        (_, next) =>
          new Promise((resolve) => {
            void passed.then(() => {
              const result = next();
              caught.push(result);
              resolve(result);
            });
          }),
      ],
      { handlers: { run: () => (runs += 1) }, handlerTimeoutMs: 1_000, maxRunningHandlers: 1 },
    );
    t.match(await ask('run'), { error: { code: 'handlerTimedOut' }, executed: 'maybe' });
    t.strictSame(endings, ['timedOut']);
    t.match(server.stats(), { runningNow: 0, overrunNow: 1 });
    t.match(await ask('run'), { error: { code: 'overloaded' } }, 'it holds its slot');
    open('too late');
    await world.settle();
    t.equal(runs, 0);
    await t.rejects(caught[0] as Promise<unknown>, { name: HandlerTimedOutError.name });
    t.match(server.stats(), { overrunNow: 0, discardedResults: 1 });
    t.match(world.errors.splice(0), [{ name: 'HandlerFailedError' }]);
    t.match(await ask('run'), { value: 1 });
  }),
);

t.test(
  'middleware that waits is abandoned when the endpoint closes, and cannot run the procedure then',
  inWorld(async (t, world) => {
    const { passed, open } = gate<string>();
    let runs = 0;
    const { server, client, endings } = await serving(
      world,
      [
        async (_, next) => {
          await passed;
          return next();
        },
      ],
      { handlers: { run: () => (runs += 1) }, closeGraceMs: 100 },
    );
    const call = client.peer(server.address).call('run');
    await world.settle();
    await world.clock.runUntil(server.close());
    t.match(await world.clock.runUntil(call), { error: { code: 'handlerFailed' } });
    open('too late');
    await world.settle();
    t.equal(runs, 0);
    t.strictSame(endings, ['abandoned']);
  }),
);

t.test(
  'an old peer gets the result, and silence for an error',
  inWorld(async (t, world) => {
    const { server } = await serving(world, [
      ({ procedure }, next) => (procedure === 'fails' ? fail('no', 'not you') : next()),
    ]);
    const old = await world.raw();
    old.send(request(1, 'double', 21), server.address);
    old.send(request(2, 'fails'), server.address);
    await world.settle();
    t.strictSame(old.types, ['response']);
    t.match(server.stats(), { requests: { replied: 1, failed: 1 } });
  }),
);

t.test(
  'calls through the scope of middleware belong to the request',
  inWorld(async (t, world) => {
    const other = await world.endpoint({ handlers: { allowed: () => true } });
    const { server, ask } = await serving(world, [
      async ({ endpoint }, next) => {
        void endpoint.close({ graceMs: 5_000 });
        const allowed = await endpoint.peer(other.address).call('allowed').value();
        return allowed === true ? next() : fail('no', 'not you');
      },
    ]);
    t.match(await ask('double'), { value: 42 });
    await world.clock.runUntil(server.close());
  }),
);
