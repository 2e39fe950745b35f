/** What middleware sees of requests that are not run, and that it cannot change their end. */
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import { RequestRefusedError } from '../../src/api/request-refused-error.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { Middleware, MiddlewareRequest } from '../../src/api/middleware.js';
import { fail } from '../../src/api/procedure-error.js';
import { bodyOf, bundle, request, withHeaderMap } from '../fixtures/raw-peer.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { schemaOf } from '../fixtures/schemas.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A server with middleware, asked by a raw peer. */
async function serving(world: World, use: readonly Middleware[], options: EndpointOptions = {}) {
  let runs = 0;
  const server = await world.endpoint({
    ...options,
    use,
    handlers: {
      run: () => (runs += 1),
      hold: () => new Promise(() => undefined),
    },
  });
  const raw = await world.raw();
  const ask = async (id: number, procedure: string, ...args: unknown[]) => {
    raw.send(withHeaderMap(request(id, procedure, ...args)), server.address);
    await world.settle();
  };
  return { server, raw, ask, runs: () => runs };
}

/** Notes the refusals that pass, and what `next` gives for them. */
function noting() {
  const seen: MiddlewareRequest[] = [];
  const given: unknown[] = [];
  const note: Middleware = (request, next) => {
    if (request.refusal === undefined) return next();
    seen.push(request);
    const result = next();
    given.push(result);
    return result;
  };
  return { seen, given, note };
}

const bodiesOf = ({ received }: RawPeer) => received.map(({ datagram }) => bodyOf(datagram));

t.test(
  'middleware sees the request and why it is refused, after its caller was told',
  inWorld(async (t, world) => {
    const { seen, given, note } = noting();
    let sentBefore = -1;
    const { server, raw, ask } = await serving(world, [
      (_, next) => {
        sentBefore = server.stats().framesAttempted;
        return next();
      },
      note,
    ]);
    await ask(1, 'missing', 'a', 1);
    t.equal(seen.length, 1);
    const [refused] = seen;
    t.match(refused, {
      procedure: 'missing',
      args: ['a', 1],
      sender: raw.address,
      transactionId: '01'.repeat(20),
      attempt: 1,
      remainingMs: 0,
    });
    t.match(refused?.refusal, {
      name: 'RequestRefusedError',
      code: 'unknownProcedure',
      message: 'there is no procedure "missing"',
    });
    t.type(refused?.refusal, RequestRefusedError);
    t.equal(refused?.signal.aborted, true);
    t.equal(refused?.signal.reason, refused?.refusal);
    await t.rejects(given[0] as Promise<unknown>, { code: 'unknownProcedure' });
    t.strictSame(bodiesOf(raw), [['unknownProcedure', 'there is no procedure "missing"']]);
    t.ok(sentBefore >= 0);
    t.match(server.stats(), { requests: { unknownProcedure: 1 }, runningNow: 0 });
  }),
);

t.test(
  'of each kind, but no repetition of one',
  inWorld(async (t, world) => {
    const { seen, note } = noting();
    const contract = defineContract({
      run: {
        args: schemaOf<[], []>(() => ({ issues: [{ message: 'never' }] })),
      },
      hold: {},
    });
    const { server, ask } = await serving(world, [note], { maxRunningHandlers: 1 });
    const agreed = await world.endpoint({
      contract,
      use: [note],
      handlers: { run: () => 1, hold: () => 1 },
    });
    const client = await world.endpoint();
    await ask(1, 'missing');
    await ask(2, 'hold');
    await ask(3, 'run');
    await ask(3, 'run');
    const wrong = client.peer(agreed.address).call('run', ['x']);
    t.match(await world.clock.runUntil(wrong), { error: { code: 'invalidArguments' } });
    const raw = await world.raw();
    // Header key 2 is the time that is left.
    const late = Buffer.from([0x82, 0x00, 0x01, 0x02, 0x00]);
    raw.send(withHeaderMap(request(4, 'run'), late), server.address);
    await world.settle();
    const drained = server.drain();
    await ask(5, 'run');
    t.strictSame(
      seen.map(({ refusal }) => refusal?.code),
      ['unknownProcedure', 'overloaded', 'invalidArguments', 'deadlinePassed', 'closing'],
    );
    t.match(seen[1]?.refusal, {
      data: { limit: 'maxRunningHandlers', value: 1 },
      cause: { name: 'OverloadedError' },
    });
    t.match(seen[2]?.refusal?.data, [{ message: 'never' }]);
    t.strictSame(seen[2]?.args, ['x'], 'as they arrived');
    await world.clock.runUntil(drained);
    world.errors.length = 0;
  }),
);

t.test(
  'whatever middleware does, a refused request is not run, and its answer stays',
  async (t) => {
    const wild: [string, Middleware, object[]][] = [
      ['it answers', () => 'run after all', []],
      ['it answers later', async () => Promise.resolve('run after all'), []],
      ['it fails with a code', () => fail('unauthorized', 'Who are you?'), []],
      ['and later', async () => Promise.resolve().then(() => fail('unauthorized', '?')), []],
      [
        'it throws',
        () => {
          throw new Error('broken');
        },
        [{ name: 'MiddlewareError', place: 'use', message: /threw for a refused request: broken/ }],
      ],
      ['it rejects', async () => Promise.reject(new Error('broken')), [{ place: 'use' }]],
      [
        'it goes on twice',
        (_, next) => {
          next();
          return next();
        },
        [{ place: 'use[0]', message: /called next twice/ }],
      ],
      ['it never ends', () => new Promise(() => undefined), []],
      [
        'it is a thenable that throws',
        () => ({
          then: () => {
            throw new Error('broken');
          },
        }),
        [{ place: 'use' }],
      ],
      [
        'it has a getter that throws',
        () => ({
          get then(): never {
            throw new Error('broken');
          },
        }),
        [{ place: 'use' }],
      ],
      [
        'it adds what is wrong',
        (_, next) => (next as (added: unknown) => unknown)(5),
        [{ place: 'use[0]' }],
      ],
    ];
    for (const [name, middleware, errors] of wild) {
      await t.test(
        name,
        inWorld(async (t, world) => {
          const { server, raw, ask, runs } = await serving(world, [
            middleware,
            (_, next) => next(),
          ]);
          await ask(1, 'missing');
          await world.clock.advance(10);
          t.strictSame(bodiesOf(raw), [['unknownProcedure', 'there is no procedure "missing"']]);
          t.equal(runs(), 0);
          t.match(server.stats(), { requests: { unknownProcedure: 1 }, runningNow: 0 });
          const reported = world.errors.splice(0);
          t.match(reported, errors);
          t.equal(reported.length, errors.length);
        }),
      );
    }
  },
);

t.test(
  'middleware is busy with at most 64 of them, and more are counted instead of shown',
  inWorld(async (t, world) => {
    const ends: (() => void)[] = [];
    let shown = 0;
    const { server, raw, ask } = await serving(world, [
      () => {
        shown += 1;
        return new Promise<void>((resolve) => ends.push(resolve));
      },
    ]);
    for (let id = 1; id <= 70; id++) await ask(id, 'missing');
    t.equal(shown, 64);
    t.match(server.stats(), { unseenRefusals: 6, requests: { unknownProcedure: 70 } });
    t.equal(raw.received.length, 70, 'all were told');
    for (const end of ends) end();
    await world.settle();
    await ask(71, 'missing');
    t.equal(shown, 65);
    t.match(server.stats(), { unseenRefusals: 6 });
  }),
);

t.test(
  'middleware that only goes on is shown all of them, even those that come together',
  inWorld(async (t, world) => {
    const { seen, note } = noting();
    const { server, raw } = await serving(world, [(_, next) => next(), note]);
    const frames = Array.from({ length: 100 }, (_, id) =>
      withHeaderMap(request(id + 1, 'missing')),
    );
    raw.send(bundle(...frames), server.address);
    await world.settle();
    t.equal(seen.length, 100);
    t.match(server.stats(), { unseenRefusals: 0 });
  }),
);
