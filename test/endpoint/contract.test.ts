/** Contracts on whole endpoints: which side checks what, and what happens to refused values. */
import t from 'tap';
import { createActor, setup, toPromise } from 'xstate';
import { z } from 'zod';
import {
  actorsOf,
  createEndpoint,
  defineContract,
  InvalidArgumentsError,
  InvalidResultError,
} from '../../src/index.js';
import type { EndpointReport, PeerReport, StandardSchema } from '../../src/index.js';
import { request, withHeaderMap } from '../fixtures/raw-peer.js';
import { schemaGiving, schemaOf, SCHEMAS } from '../fixtures/schemas.js';
import { inWorld, type World } from '../fixtures/world.js';

const STRING = z.string();

/** The requests that have ended at an endpoint since this call. */
function settledAt(endpoint: Awaited<ReturnType<World['endpoint']>>) {
  const settled: Extract<EndpointReport, { type: 'request.settled' }>[] = [];
  endpoint.on('request.settled', (report) => settled.push(report));
  return settled;
}

for (const [vendor, { args, result, search }] of Object.entries(SCHEMAS)) {
  const contract = defineContract({ greet: { args, result }, search: { args: search } });

  t.test(
    `${vendor}: a caller's mistake is thrown where the call is made, with the path, and nothing is sent`,
    inWorld(async (t, world) => {
      const peer = (await world.endpoint()).peer('10.0.0.9:1', contract);
      const wrong = [{ name: 5, tags: ['a', 6] }] as never;
      for (const call of [
        () => peer.call('greet', wrong),
        () => peer.remote.greet(...(wrong as [never])),
      ]) {
        t.throws(call, InvalidArgumentsError);
        t.throws(call, {
          code: 'ERR_RPCUDP_INVALID_ARGUMENTS',
          procedure: 'greet',
          message: /^The arguments of "greet" break its contract: args\[0\]\.name: /,
          issues: [{ path: 'args[0].name' }, { path: 'args[0].tags[1]' }],
        });
      }
      t.equal(world.network.stats.sent, 0);
      t.equal(peer.inFlight, 0);
    }),
  );

  t.test(
    `${vendor}: a request that violates the contract is not run, and its caller is told where it is wrong`,
    inWorld(async (t, world) => {
      let runs = 0;
      const server = await world.endpoint({
        contract,
        handlers: { greet: () => ({ items: [String((runs += 1))] }), search: () => runs },
      });
      const settled = settledAt(server);
      const unchecked = (await world.endpoint()).peer(server.address);
      const call = unchecked.call('greet', [{ name: 5, tags: ['a', 6] }]);
      const outcome = await world.clock.runUntil(call);
      t.match(outcome, {
        state: 'rejected',
        executed: 'no',
        error: {
          code: 'invalidArguments',
          message: /^The arguments of "greet" break its contract: args\[0\]\.name: /,
          data: [{ path: 'args[0].name' }, { path: 'args[0].tags[1]', message: String }],
        },
      });
      t.equal(runs, 0);
      t.match(settled, [{ ending: 'invalidArguments', error: InvalidArgumentsError }]);
      t.match(server.stats().fates, { 'request.refused.invalidArguments': 1 });
      const sound = unchecked.call('greet', [{ name: 'Snake', tags: [] }, 2]);
      t.match(await world.clock.runUntil(sound), { state: 'resolved', value: { items: ['1'] } });
    }),
  );

  t.test(
    `${vendor}: a result that violates the contract is an error at the side that serves it`,
    inWorld(async (t, world) => {
      const server = await world.endpoint({
        contract,
        handlers: { greet: () => ({ items: ['a', 'b', 3] }) as never, search: () => 1 },
      });
      const settled = settledAt(server);
      const unchecked = (await world.endpoint()).peer(server.address);
      const call = unchecked.call('greet', [{ name: 'Snake', tags: [] }]);
      t.match(await world.clock.runUntil(call), {
        state: 'rejected',
        executed: 'maybe',
        error: {
          code: 'invalidResult',
          message: /^The result of "greet" breaks its contract: result\.items\[2\]: /,
          data: [{ path: 'result.items[2]' }],
        },
      });
      t.match(settled, [{ ending: 'failed', error: InvalidResultError }]);
      t.match(world.errors.splice(0), [
        { code: 'ERR_RPCUDP_HANDLER_FAILED', procedure: 'greet', cause: InvalidResultError },
      ]);
    }),
  );

  t.test(
    `${vendor}: a result that violates the contract is an error at the side that gets it`,
    inWorld(async (t, world) => {
      const server = await world.endpoint({ handlers: { greet: () => ({ items: ['a', 2] }) } });
      const client = await world.endpoint();
      const call = client
        .peer(server.address, contract)
        .call('greet', [{ name: 'Snake', tags: [] }]);
      t.match(await world.clock.runUntil(call), {
        state: 'rejected',
        executed: 'maybe',
        attempts: 1,
        error: {
          code: 'invalidResult',
          message: /^The result of "greet" breaks its contract: result\.items\[1\]: /,
          data: [{ path: 'result.items[1]' }],
        },
      });
      t.match(server.stats().requests, { replied: 1 }, 'for the serving side nothing went wrong');
      t.match(client.stats().fates, { 'response.matched': 1 });
    }),
  );

  t.test(
    `${vendor}: the procedure runs with the schema's output for what was sent`,
    inWorld(async (t, world) => {
      const seen: unknown[] = [];
      const server = await world.endpoint({
        contract,
        handlers: {
          greet: () => ({ items: [] }),
          search: (_scope, asked) => void seen.push({ ...asked }),
        },
      });
      const peer = (await world.endpoint()).peer(server.address, contract);
      await world.clock.runUntil(peer.call('search', [{ word: 'Snake' }]));
      await world.clock.runUntil(peer.call('search', [{ word: '', limit: 1 }]));
      t.strictSame(seen, [
        { word: 5, limit: 10 },
        { word: 0, limit: 1 },
      ]);
    }),
  );
}

t.test(
  'a value passes its schema once at either side, and repetitions do not pass it again',
  inWorld(async (t, world) => {
    const validated: unknown[] = [];
    const adding = schemaOf<number>((value) => {
      validated.push(value);
      return { value: (value as number) + 1 };
    });
    const first = schemaOf<[number]>((value) => {
      const read = adding['~standard'].validate((value as [number])[0]) as { value: number };
      return { value: [read.value] };
    });
    const contract = defineContract({ double: { args: first, result: adding } });
    const server = await world.endpoint({
      contract,
      handlers: { double: (_scope, number) => 2 * number },
    });
    const client = await world.endpoint();
    const value = await world.clock.runUntil(
      client.peer(server.address, contract).call('double', [10]).value(),
    );
    t.strictSame(validated, [10, 10, 22, 22], 'what was sent and returned, before and after');
    t.equal(value, 23, 'the value made on arrival is used');

    const raw = await world.raw();
    raw.send(request(1, 'double', 10), server.address);
    raw.send(request(1, 'double', 10), server.address);
    await world.settle();
    t.match(server.stats().fates, { 'request.run': 2, 'request.replayed': 1 });
    t.equal(validated.length, 6);
  }),
);

t.test(
  'a result that its schema makes unsendable is still the value for the caller',
  inWorld(async (t, world) => {
    const result = STRING.transform((text) => new Map([[text, text.length]]));
    const contract = defineContract({ index: { args: z.tuple([]), result } });
    const server = await world.endpoint({ contract, handlers: { index: () => 'Snake' } });
    const peer = (await world.endpoint()).peer(server.address, contract);
    const value = await world.clock.runUntil(peer.call('index').value());
    t.strictSame(value, new Map([['Snake', 5]]));
  }),
);

t.test(
  'a result that is undefined is sent as null, and the schemas of both sides get null',
  inWorld(async (t, world) => {
    const contract = defineContract({
      forget: { args: z.tuple([z.string().nullable()]), result: z.null() },
    });
    const server = await world.endpoint({ contract, handlers: { forget: () => undefined } });
    const peer = (await world.endpoint()).peer(server.address, contract);
    const call = peer.call('forget', [null]);
    t.equal(await world.clock.runUntil(call.value()), null);
  }),
);

t.test(
  '`maxBytes` limits a request at both sides',
  inWorld(async (t, world) => {
    // ['take', [text]] with a text of 11 bytes: 1 + 5 for the name, 1 + 1 before the text.
    const [fits, tooLarge] = ['x'.repeat(11), 'x'.repeat(12)];
    const contract = defineContract({ take: { maxBytes: 19 } });
    const server = await world.endpoint({ contract, handlers: { take: () => null } });
    const settled = settledAt(server);
    const client = await world.endpoint();
    const peer = client.peer(server.address, contract);
    t.match(await world.clock.runUntil(peer.call('take', [fits])), { state: 'resolved' });
    t.throws(() => peer.call('take', [tooLarge]), {
      code: 'ERR_RPCUDP_REQUEST_TOO_LARGE',
      procedure: 'take',
      bytes: 20,
      limitBytes: 19,
      message:
        'The request to "take" takes at least 20 bytes; its procedure name and arguments may take at most 19',
    });
    const unchecked = client.peer(server.address).call('take', [tooLarge]);
    t.match(await world.clock.runUntil(unchecked), {
      state: 'rejected',
      executed: 'no',
      error: { code: 'invalidArguments', message: /may take at most 19$/, data: undefined },
    });
    t.match(settled.at(-1), {
      ending: 'invalidArguments',
      error: { code: 'ERR_RPCUDP_REQUEST_TOO_LARGE', bytes: 20 },
    });
  }),
);

t.test(
  '`maxBytes` limits a result where it is sent',
  inWorld(async (t, world) => {
    const contract = defineContract({ give: { args: z.tuple([z.int()]), maxBytes: 20 } });
    const server = await world.endpoint({
      contract,
      handlers: { give: (_scope, length) => 'x'.repeat(length) },
    });
    const peer = (await world.endpoint()).peer(server.address, contract);
    t.match(await world.clock.runUntil(peer.call('give', [19])), { state: 'resolved' });
    t.match(await world.clock.runUntil(peer.call('give', [20])), {
      state: 'rejected',
      executed: 'maybe',
      error: {
        code: 'replyTooLarge',
        message: 'The result takes at least 21 bytes; it may take at most 20',
      },
    });
    t.match(world.errors.splice(0), [{ cause: { code: 'ERR_RPCUDP_REPLY_TOO_LARGE' } }]);
  }),
);

t.test(
  '`timeoutMs` is the time-out of calls that set none',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const contract = defineContract({ wait: { timeoutMs: 700 }, other: {} });
    const client = await world.endpoint({ timeoutMs: 900 });
    const peer = client.peer(raw.address, contract);
    const timesOut = async (call: ReturnType<typeof peer.call>, timeoutMs: number) => {
      t.match(await world.clock.runUntil(call), { state: 'timedOut', timeoutMs });
    };
    await timesOut(peer.call('wait'), 700);
    await timesOut(peer.remote.wait(), 700);
    await timesOut(peer.call('wait', [], { attempts: 1 }), 700);
    await timesOut(peer.call('wait', [], { timeoutMs: 800 }), 800);
    await timesOut(peer.call('other'), 900);
  }),
);

t.test(
  "`timeoutMs` is the deadline of the procedure, instead of the endpoint's",
  inWorld(async (t, world) => {
    const contract = defineContract({ hold: { timeoutMs: 300 }, linger: { timeoutMs: 2_000 } });
    const forever = () => new Promise<never>(() => undefined);
    const server = await world.endpoint({
      contract,
      handlers: { hold: forever, linger: forever },
      handlerTimeoutMs: 1_000,
    });
    const settled = settledAt(server);
    const raw = await world.raw();
    for (const [id, procedure] of [[1, 'hold'] as const, [2, 'linger'] as const]) {
      raw.send(withHeaderMap(request(id, procedure)), server.address);
    }
    await world.clock.advance(3_000);
    t.match(settled, [
      { procedure: 'hold', ending: 'timedOut', durationMs: 300 },
      { procedure: 'linger', ending: 'timedOut', durationMs: 2_000 },
    ]);
    t.match(world.errors.splice(0), [{ procedure: 'hold' }, { procedure: 'linger' }]);
  }),
);

t.test(
  'an idempotent request is repeated until its deadline to any peer, and no other request is',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const contract = defineContract({ find: { idempotent: true }, add: { idempotent: false } });
    const client = await world.endpoint();
    const peer = client.peer(raw.address, contract);
    const attemptsOf = async (call: ReturnType<typeof peer.call>) =>
      (await world.clock.runUntil(call)).attempts;
    const often = await attemptsOf(peer.call('find'));
    t.ok(often > 3, `${often} times`);
    t.equal(await attemptsOf(peer.call('add')), 1);
    t.equal(await attemptsOf(peer.call('find', [], { attempts: 1 })), 1, 'the caller knows better');
    t.equal(await attemptsOf(client.peer(raw.address).call('find')), 1, 'without the contract');
    t.strictSame(raw.asked, [...Array<string>(often).fill('find'), 'add', 'find', 'find']);

    const once = (await world.endpoint({ attempts: 1 })).peer(raw.address, contract);
    t.equal(await attemptsOf(once.call('find')), 1, 'and so does the endpoint');
  }),
);

t.test(
  'handlers must be those of the contract, all of them and no others',
  inWorld(async (t, world) => {
    const contract = defineContract({ greet: {}, forget: {} });
    const serve = (handlers: object, other: unknown = contract) =>
      world.endpoint({ contract: other as typeof contract, handlers: handlers as never });
    const greet = () => 1;
    await t.rejects(serve({ greet }), {
      code: 'ERR_RPCUDP_CONTRACT',
      procedure: 'forget',
      message: 'The contract of "forget" is not served by any handler',
    });
    await t.rejects(serve({ greet, forget: greet, forgot: greet }), {
      code: 'ERR_RPCUDP_CONTRACT',
      procedure: 'forgot',
      message: 'The contract of "forgot" does not exist, but there is a handler with that name',
    });
    await t.rejects(serve({ greet, forget: 5 }), {
      message: /^handlers\.forget must be a function/,
    });
    await t.rejects(createEndpoint({ contract } as never), {
      message: /is not served by any handler$/,
    });
    await t.rejects(serve({ greet, forget: greet }, { greet: {}, forget: {} }), {
      code: 'ERR_RPCUDP_OPTION',
      message: "The option 'contract' must be a contract made by defineContract",
    });
  }),
);

t.test(
  'a procedure that is not in the contract cannot be called',
  inWorld(async (t, world) => {
    const peer = (await world.endpoint()).peer('10.0.0.9:1', defineContract({ greet: {} }));
    for (const name of ['gret', 'constructor', '__proto__', 'toString']) {
      const call = () => peer.call(name as 'greet');
      t.throws(call, { code: 'ERR_RPCUDP_CONTRACT', message: /has no such procedure$/ });
    }
    t.throws(() => (peer.remote as unknown as Record<string, () => void>)['gret']?.(), {
      message: 'The contract of "gret" does not exist: the contract has no such procedure',
    });
    t.equal(world.network.stats.sent, 0);
  }),
);

/** Schemas that fail when they check, and the text of their errors. */
const BROKEN: readonly (readonly [string, StandardSchema<unknown[]>, string])[] = [
  [
    'throws',
    schemaOf<unknown[]>(() => {
      throw new Error('planted');
    }),
    'the schema threw: planted',
  ],
  [
    'gives a promise',
    schemaOf<unknown[]>(() => Promise.reject(new Error('planted')) as never),
    'the schema gave a promise',
  ],
  ['gives nothing', schemaGiving(undefined), 'the schema gave neither a value nor issues'],
];

for (const [how, schema, problem] of BROKEN) {
  t.test(
    `a schema that ${how} refuses the value, and both endpoints continue`,
    inWorld(async (t, world) => {
      const ofArguments = defineContract({ ask: { args: schema } });
      const ofResult = defineContract({ ask: { result: schema } });
      const client = await world.endpoint();
      const thrown = { issues: [{ path: 'args', message: new RegExp(`^${problem}`) }] };
      t.throws(() => client.peer('10.0.0.9:1', ofArguments).call('ask'), {
        ...thrown,
        cause: { code: 'ERR_RPCUDP_SCHEMA', procedure: 'ask', part: 'args' },
      });
      for (const [contract, code, path] of [
        [ofArguments, 'invalidArguments', 'args'],
        [ofResult, 'invalidResult', 'result'],
      ] as const) {
        const server = await world.endpoint({ contract, handlers: { ask: () => [] } });
        const unchecked = client.peer(server.address).call('ask');
        t.match(await world.clock.runUntil(unchecked), {
          state: 'rejected',
          error: { code, data: [{ path, message: new RegExp(`^${problem}`) }] },
        });
      }
      const plain = await world.endpoint({ handlers: { ask: () => 1 } });
      const checked = client.peer(plain.address, ofResult).call('ask');
      t.match(await world.clock.runUntil(checked), {
        state: 'rejected',
        executed: 'maybe',
        error: { code: 'invalidResult', data: [{ path: 'result' }] },
      });
      t.match(
        world.errors.splice(0),
        [
          { code: 'ERR_RPCUDP_SCHEMA', part: 'args' },
          { code: 'ERR_RPCUDP_HANDLER_FAILED', cause: { cause: { part: 'result' } } },
          { code: 'ERR_RPCUDP_SCHEMA', part: 'result' },
        ],
        'the fault is reported at both sides',
      );
    }),
  );
}

t.test(
  'at most 8 issues of 256 characters are sent',
  inWorld(async (t, world) => {
    const issue = { message: 'm'.repeat(10_000), path: Array.from({ length: 99 }, () => 'p') };
    const args = schemaGiving({ issues: Array.from({ length: 1_000 }, () => issue) });
    const contract = defineContract({ ask: { args } });
    const server = await world.endpoint({ contract, handlers: { ask: () => 1 } });
    const call = (await world.endpoint()).peer(server.address).call('ask');
    const outcome = await world.clock.runUntil(call);
    if (outcome.state !== 'rejected') throw new Error(outcome.state);
    const data = outcome.error.data as { path: string; message: string }[];
    t.equal(data.length, 8);
    t.ok(data.every(({ path, message }) => path.length + message.length <= 256));
  }),
);

t.test(
  'commands are checked as calls are, and their mistakes are outcomes',
  inWorld(async (t, world) => {
    const contract = defineContract({ greet: { args: z.tuple([STRING]), timeoutMs: 50 } });
    const raw = await world.raw();
    const peer = (await world.endpoint()).peer(raw.address, contract);
    const reports: PeerReport[] = [];
    const replyTo = { send: (report: PeerReport) => reports.push(report) };
    peer.send({ type: 'call', procedure: 'greet', args: [5] as never, replyTo, reference: 1 });
    peer.send({ type: 'call', procedure: 'gret' as 'greet', args: ['a'], replyTo, reference: 2 });
    peer.send({ type: 'call', procedure: 'greet', args: ['Snake'], replyTo, reference: 3 });
    await world.clock.advance(50);
    t.match(reports, [
      { type: 'call.unsent', reference: 1, outcome: { error: InvalidArgumentsError } },
      { type: 'call.unsent', reference: 2, outcome: { error: { code: 'ERR_RPCUDP_CONTRACT' } } },
      { type: 'call.timedOut', reference: 3, outcome: { timeoutMs: 50 } },
    ]);
    t.equal(raw.received.length, 1);
  }),
);

t.test(
  'a command is checked by the contract of the peer it is sent to, also when it is sent twice',
  inWorld(async (t, world) => {
    const contract = defineContract({ greet: { args: z.tuple([STRING]) } });
    const raw = await world.raw();
    const client = await world.endpoint();
    const [checked, unchecked] = [client.peer(raw.address, contract), client.peer(raw.address)];
    const command = { type: 'call', procedure: 'greet', args: [5] } as const;
    checked.send(command as never);
    unchecked.send(command);
    checked.send(command as never);
    await world.settle();
    t.equal(raw.received.length, 1, 'sent to the one that checks nothing');
    t.equal(client.stats().outcomes.unsent, 2);
  }),
);

t.test(
  'handles with and without a contract belong to the same peer',
  inWorld(async (t, world) => {
    const contract = defineContract({ greet: { args: z.tuple([STRING]) } });
    const raw = await world.raw();
    const client = await world.endpoint();
    const [checked, unchecked] = [client.peer(raw.address, contract), client.peer(raw.address)];
    const resolved: unknown[] = [];
    checked.on('call.unsent', () => t.fail('nothing was unsent'));
    unchecked.on('call.resolved', ({ type }) => resolved.push(type));
    const calls = [checked.call('greet', ['Snake']), unchecked.call('greet', [5])];
    t.equal(checked.inFlight, 2);
    await world.settle();
    raw.answer(0, 1);
    raw.answer(1, 2);
    await world.clock.runUntil(Promise.all(calls));
    t.strictSame(resolved, ['call.resolved', 'call.resolved']);
    t.equal(client.stats().peersNow, 1);
  }),
);

t.test(
  'actors made from a contract check the calls that they make',
  inWorld(async (t, world) => {
    const contract = defineContract({ greet: { args: z.tuple([STRING]), result: STRING } });
    const server = await world.endpoint({
      contract,
      handlers: { greet: (_scope, name) => `Hello ${name}` },
    });
    const client = await world.endpoint();
    const { host, port } = server.address;
    const remote = actorsOf(contract);
    const reports: unknown[] = [];
    const owner = createActor(
      setup({ actors: { server: remote.peer } }).createMachine({
        context: ({ spawn }) => {
          const input = { endpoint: client, address: `${host}:${port}` };
          const peer = spawn('server', { input });
          peer.send({ type: 'call', procedure: 'greet', args: [5] as never });
          peer.send({ type: 'call', procedure: 'greet', args: ['Snake'] });
          return {};
        },
        on: { '*': { actions: ({ event }) => reports.push(event) } },
      }),
    ).start();
    await world.settle();
    t.match(reports, [
      { type: 'call.unsent', outcome: { error: InvalidArgumentsError } },
      { type: 'call.resolved', outcome: { value: 'Hello Snake' } },
    ]);
    owner.stop();

    const peer = client.peer(server.address, contract);
    const greet = (args: [string]) => {
      const actor = createActor(remote.call('greet'), { input: { peer, args } });
      const result = toPromise(actor);
      actor.start();
      return result;
    };
    t.equal(await world.clock.runUntil(greet(['Meryl'])), 'Hello Meryl');
    await t.rejects(greet([5] as never), InvalidArgumentsError);
  }),
);
