/** What interceptors see of calls, what they change, and what they get wrong. */
import { AsyncLocalStorage } from 'node:async_hooks';
import t from 'tap';
import { createActor } from 'xstate';
import { formatAddress } from '../../src/address/address.js';
import { OptionError, RequestTooLargeError, UnencodableError } from '../../src/errors.js';
import type { Interceptor, OutgoingCall } from '../../src/api/interceptor.js';
import type { Call } from '../../src/api/call.js';
import { fail } from '../../src/api/procedure-error.js';
import { callKeeperOf } from '../../src/call/call-keeper.js';
import { defineContract } from '../../src/contract/contract.js';
import { actorsOf } from '../../src/xstate/actors-of.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A client with interceptors, and a server that it calls. */
async function calling(world: World, intercept: readonly Interceptor[]) {
  const server = await world.endpoint({
    handlers: {
      double: (_, n: number) => 2 * n,
      waits: ({ remainingMs, traceparent }) => [Math.ceil(remainingMs), traceparent ?? null],
    },
  });
  const client = await world.endpoint({ intercept });
  const peer = client.peer<typeof server>(server.address);
  return { server, client, peer };
}

const pass: Interceptor = (_, next) => next();
const settle = (world: World, call: Call) => world.clock.runUntil(call);

t.test(
  'the first in the list is the outermost, and each gets the call that the caller gets',
  inWorld(async (t, world) => {
    const told: string[] = [];
    const calls: Call[] = [];
    const noting =
      (name: string): Interceptor =>
      (_, next) => {
        told.push(`${name} begins`);
        const call = next();
        told.push(`${name} ends`);
        calls.push(call);
        return call;
      };
    const { peer } = await calling(world, [noting('first'), noting('second')]);
    const call = peer.call('double', [21]);
    t.strictSame(told, ['first begins', 'second begins', 'second ends', 'first ends']);
    t.equal(calls[0], call);
    t.equal(calls[1], call);
    t.match(await settle(world, call), { value: 42 });
  }),
);

t.test(
  'an interceptor is told of every call, however it is made, and may await its outcome',
  inWorld(async (t, world) => {
    const told: OutgoingCall[] = [];
    const states: string[] = [];
    const { server, client, peer } = await calling(world, [
      (call, next) => {
        told.push(call);
        const made = next();
        void made.then(({ state }) => states.push(state));
        return made;
      },
    ]);
    const { signal } = world.controller();
    await settle(world, peer.call('double', [1], { timeoutMs: 700, signal }));
    await settle(world, peer.remote.double(2));
    peer.send({ type: 'call', procedure: 'double', args: [3], reference: 'mine' });
    await world.settle();
    const remote = actorsOf<typeof server>();
    createActor(remote.call('double'), { input: { peer, args: [4] } }).start();
    await world.settle();
    t.strictSame(
      told.map(({ args }) => args),
      [[1], [2], [3], [4]],
    );
    t.match(told[0], { procedure: 'double', peer: formatAddress(server.address) });
    t.strictSame(told[0]?.options, { timeoutMs: 700, signal });
    t.match(told[2]?.options, { reference: 'mine' });
    t.strictSame(states, ['resolved', 'resolved', 'resolved', 'resolved']);
    t.match(client.stats(), { outcomes: { resolved: 4 } });
  }),
);

t.test(
  'changes replace options, and undefined takes one away',
  inWorld(async (t, world) => {
    const seen: unknown[] = [];
    const { peer } = await calling(world, [
      (_, next) => next({ timeoutMs: 700, traceparent: 'outer' }),
      (_, next) => next({ traceparent: 'inner' }),
      ({ options }, next) => {
        seen.push(options);
        return next();
      },
      ({ options }, next) =>
        options.reference === 'plain' ? next({ traceparent: undefined }) : next({}),
    ]);
    const given = Object.freeze({ timeoutMs: 10, reference: 'mine' });
    const outcome = await settle(world, peer.call('waits', [], given));
    t.match(outcome, { value: [700, 'inner'] });
    t.strictSame(seen, [{ timeoutMs: 700, reference: 'mine', traceparent: 'inner' }]);
    const plain = peer.call('waits', [], { reference: 'plain' });
    t.match(await settle(world, plain), { value: [700, null] });
  }),
);

t.test(
  'an interceptor that throws before the call is made refuses it',
  inWorld(async (t, world) => {
    const outer: string[] = [];
    const { client, peer } = await calling(world, [
      (_, next) => {
        const call = next();
        void call.then(({ state }) => outer.push(state));
        return call;
      },
      ({ args }, next) => (args[0] === 13 ? fail('unlucky', 'not this one', [13]) : next()),
    ]);
    const reports: unknown[] = [];
    peer.on('*', (report) => reports.push(report));
    const call = peer.call('double', [13], { reference: 'mine' });
    t.equal(call.done, true);
    const outcome = await settle(world, call);
    t.match(outcome, { state: 'unsent', executed: 'no', attempts: 0 });
    t.match(outcome, { error: { code: 'unlucky', message: 'not this one', data: [13] } });
    t.strictSame(outer, ['unsent'], 'the outer one gets the call');
    t.match(reports, [{ type: 'call.unsent', reference: 'mine', procedure: 'double' }]);
    peer.send({
      type: 'call',
      procedure: 'double',
      args: [13],
      replyTo: { send: (report) => reports.push(report) },
    });
    t.equal(reports.length, 3, 'a command is told as well');
    await world.settle();
    t.match(client.stats(), {
      attempted: 0,
      outcomes: { unsent: 2 },
      inFlightNow: 0,
      queuedNow: 0,
    });
    t.match(await settle(world, peer.call('double', [21])), { value: 42 });
  }),
);

t.test(
  'mistakes in a call are thrown to its caller',
  inWorld(async (t, world) => {
    const caught: unknown[] = [];
    const { client, peer } = await calling(world, [
      pass,
      (_, next) => {
        try {
          return next();
        } catch (error) {
          caught.push(error);
          throw error;
        }
      },
    ]);
    const call =
      (args: unknown[], options = {}) =>
      () =>
        peer.call('double', args as [1], options);
    t.throws(call([() => 1]), UnencodableError);
    t.throws(call(['x'.repeat(9_000)]), RequestTooLargeError);
    t.throws(call([1], { retries: 3 }), OptionError);
    t.equal(caught.length, 3);
    t.match(client.stats(), { outcomes: { unsent: 0 } });
    await client.close();
    t.throws(call([1]), { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' });
    t.equal(caught.length, 3, 'a closed endpoint asks no interceptor');
  }),
);

t.test(
  'an interceptor may make the call with other options when the first ones are refused',
  inWorld(async (t, world) => {
    const { peer } = await calling(world, [
      (_, next) => {
        try {
          return next({ timeoutMs: -1 });
        } catch {
          return next({ timeoutMs: 700 });
        }
      },
    ]);
    t.match(await settle(world, peer.call('waits')), { value: [700, null] });
  }),
);

t.test('an interceptor that is wrong loses no call', async (t) => {
  const broken = new Error('broken');
  const made = { state: 'resolved', value: 42 };
  const refused = (problem: string) => ({
    state: 'unsent',
    error: {
      name: 'MiddlewareError',
      place: 'intercept[1]',
      message: `The middleware intercept[1] ${problem} ("double")`,
    },
  });
  const wrong: [string, (world: World) => unknown, object, RegExp[]][] = [
    [
      'it calls next twice',
      () => (_: unknown, next: () => Call) => {
        const first = next();
        return next() === first ? first : undefined;
      },
      made,
      [/^The middleware intercept\[1\] called next twice \("double"\)$/],
    ],
    [
      'it throws when the call is made',
      () => (_: unknown, next: () => Call) => {
        next();
        throw broken;
      },
      made,
      [/intercept\[1\] threw after the call was made: broken/],
    ],
    ['it returns nothing', () => (_: unknown, next: () => Call) => void next(), made, [/return/]],
    [
      'it returns another call',
      () => {
        let first: Call | undefined;
        return (_: unknown, next: () => Call) => {
          const call = next();
          return (first ??= call) === call ? undefined : first;
        };
      },
      made,
      [/did not return what next gave/],
    ],
    ['it is asynchronous', () => async (_: unknown, next: () => Call) => next(), made, [/return/]],
    [
      'it does not call next',
      () => () => undefined,
      refused('neither made the call nor threw'),
      [],
    ],
    [
      'it answers itself',
      () => () => ({ state: 'resolved' }),
      refused('neither made the call nor threw'),
      [],
    ],
    [
      'it waits before it calls next',
      (world: World) => async (_: unknown, next: () => Call) => {
        await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 10));
        t.equal(next().state, 'unsent', 'it gets the call that was refused');
      },
      refused('neither made the call nor threw'),
      [/called next after it had returned/],
    ],
    [
      'it is rejected',
      () => async () => Promise.reject(broken),
      refused('neither made the call nor threw'),
      [],
    ],
    [
      'it changes to what is no object',
      () => (_: unknown, next: (changes: unknown) => Call) => next(5),
      refused('gave next something that is no object of options'),
      [],
    ],
    [
      'it throws what is no error',
      () => () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything can be thrown
        throw 'a text';
      },
      { state: 'unsent', error: { message: 'a text' } },
      [],
    ],
  ];
  for (const [name, middleware, outcome, messages] of wrong) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const { server, client, peer } = await calling(world, [
          pass,
          middleware(world) as Interceptor,
          pass,
        ]);
        t.match(await settle(world, peer.call('double', [21])), outcome);
        await world.clock.advance(50);
        const errors = world.errors.splice(0) as Error[];
        t.equal(errors.length, messages.length);
        for (const [index, message] of messages.entries()) t.match(errors[index]?.message, message);
        t.match(client.stats(), { inFlightNow: 0, queuedNow: 0 });
        const runs = server.stats().requests.replied;
        t.equal(runs, outcome === made ? 1 : 0);
      }),
    );
  }
});

t.test(
  'a call that is restored was intercepted when it was made',
  inWorld(async (t, world) => {
    const contract = defineContract({ ping: { idempotent: true } });
    let intercepted = 0;
    const options = {
      lookup: () => new Promise<string>(() => undefined),
      intercept: [
        ((_, next) => {
          intercepted += 1;
          return next();
        }) satisfies Interceptor,
      ],
    };
    const client = await world.endpoint(options);
    const call = client.peer('server.example:1', contract).call('ping');
    const kept: unknown = JSON.parse(JSON.stringify(callKeeperOf(client).persist(call)));
    const later = await world.endpoint(options);
    const again = callKeeperOf(later).restore(kept, {
      procedure: 'ping',
      contract,
      signal: world.controller().signal,
    });
    t.equal(again.state, 'queued');
    t.equal(intercepted, 1);
    call.cancel();
    again.cancel();
  }),
);

t.test(
  'an interceptor that calls others does not cost the peer its place',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const other = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const asksFirst: Interceptor = (call, next) => {
      if (call.procedure === 'ping') {
        t.throws(() => client.peer(other.address).call('log'), { name: 'TooManyPeersError' });
      }
      return next();
    };
    const client = await world.endpoint({ maxPeers: 1, intercept: [asksFirst] });
    const call = client.peer(server.address).call('ping');
    t.match(await settle(world, call), { state: 'resolved', value: 'pong' });
    t.match(client.peer(other.address).address, formatAddress(other.address), 'and then it may');
  }),
);

t.test(
  'interceptors run in the context of the caller',
  inWorld(async (t, world) => {
    const tenant = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { peer } = await tenant.run('endpoint', () =>
      calling(world, [
        (_, next) => {
          seen.push(tenant.getStore());
          return next();
        },
      ]),
    );
    await tenant.run('caller', () => settle(world, peer.call('double', [21])));
    t.strictSame(seen, ['caller']);
  }),
);
