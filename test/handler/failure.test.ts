/** What a caller is told when its request does not end in a result. */
import t from 'tap';
import { HandlerFailedError } from '../../src/errors.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { Handler } from '../../src/handler/handler.js';
import type { Procedure } from '../../src/api/handlers.js';
import { fail, ProcedureError } from '../../src/api/procedure-error.js';
import { collectGarbage } from '../fixtures/garbage.js';
import { bodyOf, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A server of one procedure, called once by an rpcudp endpoint and once by an old peer. */
async function calledByBoth(world: World, procedure: Procedure, options: EndpointOptions = {}) {
  const server = await world.endpoint({ ...options, handlers: { procedure } });
  const endings: string[] = [];
  server.on('request.settled', ({ ending }) => endings.push(ending));
  const client = await world.endpoint({ timeoutMs: 60_000 });
  const outcome = await world.clock.runUntil(client.peer(server.address).call('procedure'));
  const old = await world.raw();
  old.send(request(1, 'procedure'), server.address);
  await world.clock.advance(60_000);
  const errors = world.errors.splice(0) as Error[];
  return { server, client, outcome, old, endings, errors };
}

class QuotaError extends ProcedureError {
  override readonly name = 'QuotaError';

  constructor(left: number) {
    super('quota', `only ${left} left`, { left });
  }
}

t.test('a procedure that throws has failed, and its message goes to the caller', async (t) => {
  const hostile: readonly (readonly [string, unknown, string])[] = [
    ['an error', new Error('out of snakes'), 'out of snakes'],
    ['a text', 'plain', 'plain'],
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('x'), 'Symbol(x)'],
    ['an object without prototype', Object.create(null), 'something that cannot be shown'],
    ['an error with a long message', new Error('m'.repeat(5_000)), `${'m'.repeat(1_023)}…`],
    ['an error with half a character', new Error('a\ud800'), 'a\ufffd'],
  ];
  for (const [name, thrown, message] of hostile) {
    for (const procedure of [
      () => {
        throw thrown;
      },
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a procedure may reject with anything
      async () => Promise.reject(thrown),
    ]) {
      await t.test(
        name,
        inWorld(async (t, world) => {
          const { server, outcome, old, endings, errors } = await calledByBoth(world, procedure);
          t.match(outcome, { state: 'rejected', executed: 'maybe', attempts: 1 });
          t.match(outcome, { error: { code: 'handlerFailed', message, data: undefined } });
          t.strictSame(endings, ['failed', 'failed']);
          t.match(errors, [{ name: 'HandlerFailedError', procedure: 'procedure', cause: thrown }]);
          t.equal(errors.length, 2, 'each failure is reported once');
          t.equal(old.received.length, 0, 'silence to an old peer');
          t.match(server.stats().requests, { failed: 2, replied: 0 });
        }),
      );
    }
  }
});

t.test('for any message, the endpoint continues and the caller is told', async (t) => {
  const withMessage = (descriptor: PropertyDescriptor) =>
    Object.defineProperty(new Error('x'), 'message', descriptor);
  const messages: readonly (readonly [string, Error])[] = [
    ['a number', withMessage({ value: 42 })],
    ['undefined', withMessage({ value: undefined })],
    ['an object', withMessage({ value: { text: 'x' } })],
    ['a symbol', withMessage({ value: Symbol('x') })],
    [
      'a getter that throws',
      withMessage({
        get: () => {
          throw new Error('in the getter');
        },
      }),
    ],
  ];
  for (const [name, thrown] of messages) {
    for (const procedure of [
      () => {
        throw thrown;
      },
      async () => Promise.reject(thrown),
    ]) {
      await t.test(
        name,
        inWorld(async (t, world) => {
          const { server, outcome, errors } = await calledByBoth(world, procedure);
          t.match(outcome, { state: 'rejected', error: { code: 'handlerFailed' } });
          t.equal(errors.length, 2);
          t.match(server.stats(), { runningNow: 0, requests: { failed: 2 } });
        }),
      );
    }
  }
});

t.test('a result that cannot be sent is a failure too', async (t) => {
  const results: readonly (readonly [string, unknown, string, RegExp])[] = [
    ['a function', () => 0, 'handlerFailed', /^result: /],
    ['it has a symbol in it', { list: [Symbol('x')] }, 'handlerFailed', /^result\.list\[0\]: /],
    [
      'too large',
      'x'.repeat(70_000),
      'replyTooLarge',
      /at least 65508 bytes; it may take at most 65483$/,
    ],
  ];
  for (const [name, result, code, message] of results) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const { outcome, old, endings, errors } = await calledByBoth(world, () => result);
        t.match(outcome, { state: 'rejected', executed: 'maybe', error: { code, message } });
        t.strictSame(endings, ['failed', 'failed']);
        t.equal(errors.length, 2);
        t.type(errors[0], HandlerFailedError);
        t.equal(old.received.length, 0);
      }),
    );
  }
});

t.test('errors that a procedure declares arrive whole, and do not count as failures', async (t) => {
  const declared: readonly (readonly [string, Procedure, object])[] = [
    [
      'thrown',
      () => {
        throw new ProcedureError('noSuchUser', 'There is no user 7', { id: 7 });
      },
      { code: 'noSuchUser', message: 'There is no user 7', data: { id: 7 } },
    ],
    [
      'rejected, a subclass',
      async () => Promise.reject(new QuotaError(3)),
      { code: 'quota', message: 'only 3 left', data: { left: 3 } },
    ],
    [
      'with fail(), without data',
      () => fail('closed', 'come back at nine'),
      { code: 'closed', message: 'come back at nine', data: undefined },
    ],
    ['with null as data', () => fail('none', '', null), { code: 'none', message: '', data: null }],
  ];
  for (const [name, procedure, error] of declared) {
    await t.test(
      name,
      inWorld(async (t, world) => {
        const { server, outcome, old, endings, errors } = await calledByBoth(world, procedure);
        t.match(outcome, { state: 'rejected', executed: 'maybe' });
        if (outcome.state !== 'rejected') return;
        const { code, message, data } = outcome.error;
        t.same({ code, message, data }, error);
        t.strictSame(endings, ['failed', 'failed']);
        t.strictSame(errors, []);
        t.equal(old.received.length, 0);
        t.equal(server.stats().requests.failed, 2);
      }),
    );
  }
});

t.test('data that cannot be sent is left out and reported', async (t) => {
  for (const data of [Symbol('x'), { f: () => 0 }, new Uint8Array(9_000), 'x'.repeat(2 ** 20)]) {
    await t.test(
      inWorld(async (t, world) => {
        const { outcome, errors } = await calledByBoth(world, () => fail('code', 'message', data));
        t.match(outcome, {
          state: 'rejected',
          error: { code: 'code', message: 'message', data: undefined },
        });
        t.equal(errors.length, 1, 'the old peer had no use for it');
      }),
    );
  }
});

t.test("a procedure's own code is a short text, and none of the endpoint's codes", async (t) => {
  for (const code of ['', 'x'.repeat(129), 5, undefined, 'overloaded', 'handlerFailed']) {
    t.throws(() => new ProcedureError(code as string, 'm'), TypeError, String(code));
  }
  t.equal(new ProcedureError('x'.repeat(128), 'm').code.length, 128);
  t.equal(new ProcedureError('toString', 'm').code, 'toString');
  t.throws(() => fail('code', 'message', 1), { name: 'ProcedureError', code: 'code', data: 1 });
});

t.test(
  'a subclass cannot claim that its procedure was not run',
  inWorld(async (t, world) => {
    class Busy extends ProcedureError {
      override readonly code = 'overloaded';
    }
    const { outcome } = await calledByBoth(world, () => {
      throw new Busy('busy', 'I was run');
    });
    t.match(outcome, { state: 'rejected', executed: 'maybe' });
    world.errors.length = 0;
  }),
);

t.test(
  'no stack is sent to another machine',
  inWorld(async (t, world) => {
    const wire: string[] = [];
    const server = await world.endpoint({
      handlers: {
        broken: () => {
          throw new Error('broken', { cause: new Error('the secret cause') });
        },
        declared: () => fail('declared', 'message', { a: 1 }),
      },
    });
    const raw = await world.raw();
    raw.send(withHeaderMap(request(1, 'broken')), server.address);
    raw.send(withHeaderMap(request(2, 'declared')), server.address);
    await world.settle();
    for (const { datagram } of raw.received) wire.push(datagram.toString('latin1'));
    t.equal(wire.length, 2);
    for (const bytes of wire) t.notMatch(bytes, /secret|\.ts|file:|\bat |stack/);
    t.equal(world.errors.splice(0).length, 1);
  }),
);

t.test(
  'only rpcudp endpoints are told of an unknown procedure',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: { known: () => 1 } });
    const client = await world.endpoint();
    const outcome = await world.clock.runUntil(client.peer(server.address).call('un\u001bknown'));
    t.match(outcome, {
      state: 'rejected',
      executed: 'no',
      error: { code: 'unknownProcedure', message: 'there is no procedure "un\\u{1b}known"' },
    });
    const raw = await world.raw();
    raw.send(request(1, 'none'), server.address);
    raw.send(withHeaderMap(request(2, 'constructor')), server.address);
    await world.settle();
    t.strictSame(
      raw.received.map(({ datagram }) => bodyOf(datagram)),
      [['unknownProcedure', 'there is no procedure "constructor"']],
    );
    t.match(server.stats(), {
      fates: { 'request.refused.unknownProcedure': 3 },
      requests: { unknownProcedure: 3 },
    });
  }),
);

t.test(
  'an actor shows a bounded code and message of a thrown error, and listeners get everything',
  inWorld(async (t, world) => {
    const handlers: Handler[] = [];
    const thrown = Object.assign(new Error('m'.repeat(5_000)), { bulk: Buffer.alloc(1_000) });
    const server = await world.endpoint({
      handlers: {
        fails: () => {
          throw thrown;
        },
        declares: () => fail('mine', 'M'.repeat(5_000), { bulk: 'x'.repeat(100) }),
      },
      inspect: ({ actorRef, type }) => {
        const { id } = actorRef as unknown as Handler;
        if (type === '@xstate.actor' && id.startsWith('handler ')) {
          handlers.push(actorRef as unknown as Handler);
        }
      },
    });
    const reported: unknown[] = [];
    server.on('request.settled', ({ error }) => reported.push(error));
    const raw = await world.raw();
    raw.send(withHeaderMap(request(1, 'fails')), server.address);
    raw.send(request(2, 'declares'), server.address);
    await world.settle();
    t.match(reported, [thrown, { code: 'mine' }]);
    for (const [index, code] of ['handlerFailed', 'mine'].entries()) {
      const handler = handlers[index]!;
      t.equal(handler.state, 'failed');
      const { failure } = handler.context;
      t.strictSame(Object.keys(failure ?? {}).sort(), ['code', 'message']);
      t.match(failure, { code, message: /^m{1000}/i });
      t.ok((failure?.message.length ?? Infinity) <= 1_024);
      t.notOk(Object.values(handler.context).some((value) => value instanceof Error));
    }
    t.match(world.errors.splice(0), [{ cause: thrown }]);
  }),
);

t.test(
  'after a request has ended, nothing that was asked, thrown or returned is kept alive, except the reply',
  inWorld(
    async (t, world) => {
      const held: (readonly [name: string, reference: WeakRef<object>])[] = [];
      const hold = <Value extends object>(name: string, value: Value): Value => {
        held.push([name, new WeakRef(value)]);
        return value;
      };
      const failed = (): Error => Object.assign(new Error('m'.repeat(5_000)), { bulk: [1] });
      const server = await world.endpoint({
        handlers: {
          fails: (_, asked: object) => {
            hold('asked to fail', asked);
            throw hold('thrown', failed());
          },
          rejects: async (_, asked: object) => {
            hold('asked to reject', asked);
            await Promise.resolve();
            throw hold('rejected with', failed());
          },
          declares: (_, asked: object) => {
            hold('asked to declare', asked);
            throw hold('declared', new ProcedureError('mine', 'message', hold('data', { a: 1 })));
          },
          returns: (_, asked: object) =>
            hold('returned', { asked: hold('asked to return', asked) }),
        },
      });
      const [raw, old] = [await world.raw(), await world.raw()];
      const ask = async (): Promise<void> => {
        for (const [id, name] of ['fails', 'rejects', 'declares', 'returns'].entries()) {
          const bytes = request(id, name, { some: 'object' });
          raw.send(withHeaderMap(bytes), server.address);
          old.send(bytes, server.address);
          await world.settle();
        }
      };
      await ask();
      t.equal(world.errors.splice(0).length, 4);
      t.equal(held.length, 2 * 9);
      await collectGarbage();
      const alive = held.filter(([, reference]) => reference.deref() !== undefined);
      t.strictSame(
        alive.map(([name]) => name),
        [],
      );

      const first = raw.received.map(({ datagram }) => datagram);
      t.ok(
        first.every(({ length }) => length < 1_200),
        'a message is cut before it is kept',
      );
      await ask();
      t.strictSame(
        raw.received.slice(4).map(({ datagram }) => datagram),
        first,
      );
      t.match(server.stats(), { rememberedNow: 8, fates: { 'request.run': 8 } });
    },
    // Observers of actors would keep them alive.
    { watched: false },
  ),
);

t.test(
  'a failed request is answered with the same bytes again, and not run',
  inWorld(async (t, world) => {
    const state = { runs: 0 };
    const server = await world.endpoint({
      handlers: {
        fails: () => {
          state.runs += 1;
          return fail('mine', `run ${state.runs}`, [state.runs]);
        },
      },
    });
    const [raw, old] = [await world.raw(), await world.raw()];
    for (let copy = 0; copy < 3; copy++) {
      raw.send(withHeaderMap(request(1, 'fails')), server.address);
      old.send(request(1, 'fails'), server.address);
      await world.settle();
    }
    t.equal(state.runs, 2, 'once for each of them');
    t.equal(raw.received.length, 3);
    const [first] = raw.received;
    t.strictSame(bodyOf(first!.datagram), ['mine', 'run 1', [1]]);
    for (const { datagram } of raw.received) t.ok(datagram.equals(first!.datagram));
    t.equal(old.received.length, 0);
    t.match(server.stats().requests, { failed: 2, replayed: 2, duplicate: 2 });
  }),
);

t.test(
  'a failure whose bytes were released is answered with the information that the procedure ran',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      maxReplyBytes: 0,
      handlers: { fails: () => fail('mine', 'message') },
    });
    const raw = await world.raw();
    for (let copy = 0; copy < 2; copy++) {
      raw.send(withHeaderMap(request(1, 'fails')), server.address);
      await world.settle();
    }
    t.match(
      raw.received.map(({ datagram }) => bodyOf(datagram)),
      [['mine'], ['replyForgotten']],
    );
  }),
);
