/** Middleware that is wrong: each mistake has a clear error, and no request or slot is lost. */
import t from 'tap';
import { OptionError } from '../../src/errors.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { AnyMiddleware, Middleware } from '../../src/api/middleware.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** Serves one call through the middleware, and returns what became of it. */
async function once(
  world: World,
  use: readonly unknown[],
  run: () => unknown = () => 'run',
  options: EndpointOptions = {},
) {
  let runs = 0;
  const server = await world.endpoint({
    ...options,
    use: use as readonly Middleware[],
    handlers: {
      run: () => {
        runs += 1;
        return run();
      },
    },
  });
  const client = await world.endpoint({ timeoutMs: 60_000 });
  const answers: string[] = [];
  server.on('request.settled', ({ ending }) => answers.push(ending));
  const outcome = await world.clock.runUntil(client.peer(server.address).call('run'));
  await world.clock.advance(100);
  const errors = world.errors.splice(0) as Error[];
  return { server, outcome, answers, errors, runs };
}

const pass: Middleware = (_, next) => next();
const mistake = (place: string, problem: string) => ({
  name: 'MiddlewareError',
  code: 'ERR_RPCUDP_MIDDLEWARE',
  place,
  procedure: 'run',
  message: `The middleware ${place} ${problem} ("run")`,
});

t.test('next that is called twice does not go on, and the procedure runs once', async (t) => {
  const twice: [string, (world: World) => AnyMiddleware, object][] = [
    [
      'the second result counts',
      () => (_, next) => {
        next();
        return next();
      },
      { error: { code: 'handlerFailed', message: mistake('use[1]', 'called next twice').message } },
    ],
    [
      'the first result counts',
      () => (_, next) => {
        const result = next();
        next();
        return result;
      },
      { value: 'run' },
    ],
    ['both count', () => async (_, next) => Promise.all([next(), next()]), { state: 'rejected' }],
    [
      'the second comes later, in a callback',
      (world) => (_, next) => {
        world.clock.setTimeout(() => next(), 10);
        return next();
      },
      { value: 'run' },
    ],
  ];
  for (const run of [() => 'run', async () => Promise.resolve('run')]) {
    for (const [name, middleware, outcome] of twice) {
      await t.test(
        name,
        inWorld(async (t, world) => {
          const got = await once(world, [pass, middleware(world), pass], run);
          t.match(got.outcome, outcome);
          t.match(got.errors, [mistake('use[1]', 'called next twice')]);
          t.equal(got.errors.length, 1, 'it is reported once');
          t.equal(got.runs, 1);
          t.equal(got.answers.length, 1);
          t.match(got.server.stats(), { runningNow: 0, rememberedNow: 1 });
        }),
      );
    }
  }
});

t.test('next that is called after its function has returned does not go on', async (t) => {
  const late =
    (world: World, answer: () => unknown): AnyMiddleware =>
    (_, next) => {
      world.clock.setTimeout(() => next(), 10);
      return answer();
    };
  const problem = 'called next after it had returned';
  const answers: [string, () => unknown, unknown][] = [
    ['it answered at once', () => 'cached', 'cached'],
    ['it answered in a promise', async () => Promise.resolve('cached'), 'cached'],
    ['it answered nothing', () => undefined, null],
  ];
  for (const [name, answer, value] of answers) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const got = await once(world, [late(world, answer)]);
        t.match(got.outcome, { value });
        t.match(got.errors, [mistake('use[0]', problem)]);
        t.equal(got.errors.length, 1);
        t.equal(got.runs, 0);
        t.match(got.server.stats(), { runningNow: 0, requests: { replied: 1 } });
      }),
    );
    await t.test(
      `${name}, and the outer one still waits`,
      inWorld(async (t, world) => {
        const slow: AnyMiddleware = async (_, next) => {
          const result = await next();
          await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 20));
          return result;
        };
        const got = await once(world, [slow, late(world, answer), pass]);
        t.match(got.outcome, { value });
        t.match(got.errors, [mistake('use[1]', problem)]);
        t.equal(got.runs, 0);
      }),
    );
  }
});

t.test(
  'next does not go on when an outer function has answered, and that is no mistake of the inner one',
  inWorld(async (t, world) => {
    const results: unknown[] = [];
    const got = await once(world, [
      ((_, next) => {
        next();
        return 'too slow';
      }) satisfies AnyMiddleware,
      (async (_, next) => {
        await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 10));
        results.push(next());
      }) satisfies AnyMiddleware,
    ]);
    t.match(got.outcome, { value: 'too slow' });
    t.strictSame(got.errors, []);
    t.equal(got.runs, 0);
    await t.rejects(results[0] as Promise<unknown>, {
      message: 'The middleware use[1] called next when the request had been answered ("run")',
    });
  }),
);

t.test('what is no plain object is not put into the context', async (t) => {
  class Session {
    readonly id = 1;
  }
  const wrong: [string, unknown][] = [
    ['null', null],
    ['a value of type number', 5],
    ['a value of type string', 'user'],
    ['a value of type boolean', false],
    ['a value of type function', () => ({})],
    ['an array', [1]],
    ['an object of a class', new Session()],
    ['an object of a class', new Map()],
  ];
  for (const [kind, added] of wrong) {
    await t.test(
      kind,
      inWorld(async (t, world) => {
        const got = await once(world, [
          pass,
          (_: unknown, next: (added: unknown) => unknown) => next(added),
        ]);
        const { message } = mistake('use[1]', `gave next ${kind}; it takes a plain object`);
        t.match(got.outcome, { error: { code: 'handlerFailed', message } });
        t.match(got.errors, [{ name: 'MiddlewareError', message }]);
        t.equal(got.errors.length, 1);
        t.equal(got.runs, 0);
      }),
    );
  }
});

t.test('what it throws, or what cannot be sent, is a failure of the procedure', async (t) => {
  const broken = new Error('broken');
  const failing: [string, AnyMiddleware, number, RegExp][] = [
    [
      'before',
      () => {
        throw broken;
      },
      0,
      /^broken$/,
    ],
    [
      'after',
      (_, next) => {
        next();
        throw broken;
      },
      1,
      /^broken$/,
    ],
    ['before, later', async () => Promise.reject(broken), 0, /^broken$/],
    [
      'after, later',
      async (_, next) => {
        await next();
        throw broken;
      },
      1,
      /^broken$/,
    ],
    ['it returns a function', () => () => 1, 0, /^result: /],
    ['it adds what throws', (_, next) => next({ ...throwing() }), 0, /^broken$/],
  ];
  function throwing() {
    return {
      get user(): never {
        throw broken;
      },
    };
  }
  for (const run of [() => 'run', async () => Promise.reject(new Error('of the procedure'))]) {
    for (const [name, middleware, runs, message] of failing) {
      await t.test(
        name,
        inWorld(async (t, world) => {
          const got = await once(world, [pass, middleware, pass], run);
          t.match(got.outcome, { error: { code: 'handlerFailed' }, executed: 'maybe' });
          if (got.runs === 0 || run.length > 0) t.match(got.outcome, { error: { message } });
          t.equal(got.runs, runs);
          t.strictSame(got.answers, ['failed']);
          t.match(got.errors, [{ name: 'HandlerFailedError' }]);
          t.equal(got.errors.length, 1);
          t.match(got.server.stats(), { runningNow: 0, requests: { failed: 1 } });
        }),
      );
    }
  }
});

t.test(
  'a list that is none, or has something else in it, is refused by name',
  inWorld(async (t, world) => {
    for (const option of ['use', 'intercept']) {
      const given = (value: unknown) => world.endpoint({ [option]: value });
      for (const value of [null, {}, pass, 'auth', 5]) {
        await t.rejects(given(value), {
          name: OptionError.name,
          message: `The option '${option}' must be an array of functions`,
        });
      }
      await t.rejects(given([pass, 'auth']), {
        option: `${option}[1]`,
        message: `The option '${option}[1]' must be a function, but is of type string`,
      });
      for (const value of [[null], [undefined], [{}], [, pass]]) {
        await t.rejects(given(value), { code: 'ERR_RPCUDP_OPTION', option: `${option}[0]` });
      }
    }
  }),
);

t.test(
  'the list is that of the beginning',
  inWorld(async (t, world) => {
    const use = [pass];
    const server = await world.endpoint({ use, handlers: { run: () => 'run' } });
    use[0] = () => 'replaced';
    const peer = (await world.endpoint()).peer(server.address);
    t.match(await world.clock.runUntil(peer.call('run')), { value: 'run' });
  }),
);

t.test(
  'by default each middleware that makes mistakes gives one process warning, whoever asks for what',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      onError: undefined as never,
      use: [
        ({ refusal }, next) => {
          if (refusal !== undefined) throw new Error('broken');
          next();
          return next();
        },
      ],
      handlers: { run: () => 'run' },
    });
    const warned: string[] = [];
    const listen = ({ message }: Error) => warned.push(message);
    process.on('warning', listen);
    t.teardown(() => process.off('warning', listen));
    const raw = await world.raw();
    for (let id = 1; id <= 20; id++) raw.send(request(id, `missing${id}`), server.address);
    for (let id = 21; id <= 24; id++) raw.send(request(id, 'run'), server.address);
    await world.settle();
    t.strictSame(warned, [
      'The middleware use threw for a refused request: broken ("missing1")',
      'The middleware use[0] called next twice ("run")',
    ]);
  }),
);
