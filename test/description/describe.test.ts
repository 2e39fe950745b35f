/** What an endpoint tells of itself, to whom, and in how many bytes. */
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import t from 'tap';
import * as v from 'valibot';
import { z } from 'zod';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { Middleware } from '../../src/api/middleware.js';
import { fail } from '../../src/api/procedure-error.js';
import { defineContract } from '../../src/contract/contract.js';
import type { StandardSchema } from '../../src/contract/standard-schema.js';
import { VERSION } from '../../src/copies/version.js';
import { DESCRIBE, DESCRIBE_PROCEDURE } from '../../src/description/description.js';
import type { EndpointDescription } from '../../src/description/description.js';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { bodyOf, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { schemaOf } from '../fixtures/schemas.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

async function askOf(world: World, options: EndpointOptions) {
  const server = await world.endpoint(options);
  const client = await world.endpoint();
  const peer = client.peer(server.address);
  const ask = (procedure: string, ...args: unknown[]) =>
    world.clock.runUntil(peer.call(procedure, args).value());
  return { server, client, peer, ask };
}

t.test(
  'an endpoint tells its version, what it understands, its caller and its procedures in order',
  inWorld(async (t, world) => {
    const { client, ask } = await askOf(world, {
      handlers: { sub: () => 1, add: () => 2, Zero: () => 0 },
      describe: { add: 'Adds.', sub: undefined },
    });
    t.strictSame(await ask(DESCRIBE), {
      version: VERSION,
      features: ['bundles', 'probes', 'headers', 'notifications', 'describe'],
      caller: `${client.address.host}:${client.address.port}`,
      procedures: [{ name: 'Zero' }, { name: 'add', description: 'Adds.' }, { name: 'sub' }],
      more: false,
    });
    t.strictSame(await ask(DESCRIBE_PROCEDURE, 'add'), {
      name: 'add',
      description: 'Adds.',
      idempotent: false,
    });
  }),
);

t.test(
  'a contract tells doc strings, options, and JSON Schema of what is sent',
  inWorld(async (t, world) => {
    const contract = defineContract({
      greet: {
        description: 'Greets somebody.',
        args: z.tuple([z.string().transform((name) => name.length), z.int().optional()]),
        result: z.object({ said: z.string() }),
        idempotent: true,
        timeoutMs: 2_000,
        maxBytes: 1_200,
      },
      plain: {},
    });
    const handlers = { greet: () => ({ said: 'hello' }), plain: () => 1 };
    const describe = { plain: 'Plain.' };
    const { ask } = await askOf(world, { contract, handlers, describe } as EndpointOptions);
    t.match(await ask(DESCRIBE), {
      procedures: [
        { name: 'greet', description: 'Greets somebody.' },
        { name: 'plain', description: 'Plain.' },
      ],
    });
    const told = await ask(DESCRIBE_PROCEDURE, 'greet');
    t.match(told, {
      name: 'greet',
      description: 'Greets somebody.',
      args: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], minItems: 1 },
      result: { type: 'object', properties: { said: { type: 'string' } }, required: ['said'] },
      idempotent: true,
      timeoutMs: 2_000,
      maxBytes: 1_200,
    });
    t.notOk(Object.hasOwn((told as { args: object }).args, '$schema'), 'without its dialect');
    t.notOk(Object.hasOwn(told as object, 'omitted'));
    t.strictSame(await ask(DESCRIBE_PROCEDURE, 'plain'), {
      ...{ name: 'plain', description: 'Plain.' },
      idempotent: false,
    });
  }),
);

const VENDORS: Readonly<Record<string, StandardSchema<readonly unknown[]>>> = {
  zod: z.tuple([z.string()]),
  arktype: type(['string']),
  valibot: toStandardJsonSchema(v.strictTuple([v.string()])),
};

for (const [vendor, args] of Object.entries(VENDORS)) {
  t.test(
    `JSON Schema of ${vendor} is told`,
    inWorld(async (t, world) => {
      const contract = defineContract({ greet: { args } });
      const { ask } = await askOf(world, {
        ...{ contract, handlers: { greet: () => 1 }, describe: true },
      });
      t.match(await ask(DESCRIBE_PROCEDURE, 'greet'), {
        args: { type: 'array', prefixItems: [{ type: 'string' }] },
      });
    }),
  );
}

t.test(
  'a schema that cannot be told is left out, and the answer says why',
  inWorld(async (t, world) => {
    const telling = (input: () => unknown): StandardSchema<readonly unknown[]> => {
      const schema = schemaOf<readonly unknown[]>((value) => ({ value: value as unknown[] }));
      return { '~standard': { ...schema['~standard'], jsonSchema: { input } } } as never;
    };
    let deep: object = {};
    for (let depth = 0; depth < 40; depth += 1) deep = { not: deep };
    const table: readonly (readonly [args: StandardSchema<readonly unknown[]>, why: string])[] = [
      [v.strictTuple([v.string()]), 'untold'],
      [z.tuple([z.bigint()]), 'untold'],
      [telling(() => fail('no', 'no')), 'untold'],
      [telling(() => 'text'), 'untold'],
      [telling(() => undefined), 'untold'],
      [telling(() => ({ const: 1n })), 'untold'],
      [telling(() => deep), 'untold'],
      [telling(() => ({ title: '\ud800' })), 'untold'],
      [telling(() => ({ title: 'x'.repeat(5_000) })), 'tooLarge'],
    ];
    const definition = Object.fromEntries(
      table.map(([args], index) => [`p${index}`, { args, result: z.string() }]),
    );
    const handlers = Object.fromEntries(Object.keys(definition).map((name) => [name, () => 'x']));
    const contract = defineContract(definition);
    const { ask } = await askOf(world, { contract, handlers, describe: true } as EndpointOptions);
    for (const [index, [, why]] of table.entries()) {
      const told = await ask(DESCRIBE_PROCEDURE, `p${index}`);
      t.match(told, { result: { type: 'string' }, omitted: { args: why } }, `p${index}`);
      t.notOk(Object.hasOwn(told as object, 'args'));
    }
  }),
);

t.test(
  'a schema is converted when it is first asked for, and once',
  inWorld(async (t, world) => {
    let converted = 0;
    const args = {
      '~standard': {
        ...schemaOf<readonly unknown[]>((value) => ({ value: value as unknown[] }))['~standard'],
        jsonSchema: { input: () => ({ minItems: (converted += 1) }) },
      },
    };
    const contract = defineContract({ p: { args } });
    const { ask } = await askOf(world, {
      ...{ contract, handlers: { p: () => 1 }, describe: true },
    });
    await ask(DESCRIBE);
    t.equal(converted, 0);
    t.match(await ask(DESCRIBE_PROCEDURE, 'p'), { args: { minItems: 1 } });
    t.match(await ask(DESCRIBE_PROCEDURE, 'p'), { args: { minItems: 1 } });
  }),
);

t.test(
  'pages have all procedures once, and each reply takes at most 1,100 bytes',
  inWorld(
    async (t, world) => {
      const names = [
        ...Array.from({ length: 60 }, (_, index) => `procedure ${index}`),
        ...Array.from({ length: 3 }, (_, index) => `${index}${'ü'.repeat(255)}`),
        '__proto__',
      ];
      const unlisted = ['x'.repeat(513), '\ud800'];
      const handlers = Object.fromEntries([...names, ...unlisted].map((name) => [name, () => 1]));
      const describe = Object.fromEntries(names.map((name) => [name, '長'.repeat(1_000)]));
      const server = await world.endpoint({ handlers, describe });
      const raw = await world.raw();
      const found: string[] = [];
      let pages = 0;
      for (let more = true; more; pages += 1) {
        const after = found.slice(-1);
        raw.send(withHeaderMap(request(pages, DESCRIBE, ...after)), server.address);
        await world.settle();
        const { datagram } = raw.received[pages] ?? { datagram: Buffer.of() };
        t.ok(datagram.length <= 1_100, `${datagram.length} bytes`);
        const page = bodyOf(datagram) as EndpointDescription;
        for (const { description = '' } of page.procedures) t.equal(description.length, 100);
        found.push(...page.procedures.map(({ name }) => name));
        more = page.more;
      }
      t.strictSame(found, names.toSorted());
      t.ok(pages > 20, `${pages} pages`);
    },
    { watched: false },
  ),
);

t.test(
  'a page goes on behind a name that is not there, and the last is empty',
  inWorld(async (t, world) => {
    const { ask } = await askOf(world, { handlers: { b: () => 1, d: () => 1 }, describe: true });
    t.match(await ask(DESCRIBE, 'c'), { procedures: [{ name: 'd' }], more: false });
    t.match(await ask(DESCRIBE, 'd'), { procedures: [], more: false });
  }),
);

t.test(
  'what is asked wrongly is refused, and a name that is not offered has a code of its own',
  inWorld(async (t, world) => {
    const { peer } = await askOf(world, { handlers: { a: () => 1 }, describe: true });
    const call = (name: string, ...args: unknown[]) => world.clock.runUntil(peer.call(name, args));
    for (const [name, ...args] of [
      [DESCRIBE, 5],
      [DESCRIBE, null],
      [DESCRIBE, 'a', 'b'],
      [DESCRIBE_PROCEDURE],
      [DESCRIBE_PROCEDURE, {}],
    ] as const) {
      t.match(await call(name, ...args), { error: { code: 'invalidArguments' }, executed: 'no' });
    }
    for (const name of ['b', 'constructor', '__proto__', DESCRIBE]) {
      t.match(await call(DESCRIBE_PROCEDURE, name), {
        state: 'rejected',
        error: { code: 'noSuchProcedure', message: `there is no procedure "${name}"` },
      });
    }
  }),
);

t.test(
  'without the option, and for old peers, there are no such procedures',
  inWorld(async (t, world) => {
    const { peer } = await askOf(world, { handlers: { a: () => 1 } });
    for (const name of [DESCRIBE, DESCRIBE_PROCEDURE]) {
      const outcome = await world.clock.runUntil(peer.call(name, []));
      t.match(outcome, { state: 'rejected', error: { code: 'unknownProcedure' } });
    }
    const server = await world.endpoint({ handlers: { a: () => 1 }, describe: true });
    const raw = await world.raw();
    raw.send(request(1, DESCRIBE), server.address);
    raw.send(request(2, 'a'), server.address);
    await world.settle();
    t.same(
      raw.received.map(({ datagram }) => bodyOf(datagram)),
      [1],
      'only the other is answered',
    );
    t.equal(server.stats().fates['request.refused.unknownProcedure'], 1);
  }),
);

t.test(
  'middleware protects the description as it protects procedures',
  inWorld(async (t, world) => {
    const seen: string[] = [];
    const auth: Middleware = ({ procedure, headers }, next) => {
      seen.push(procedure);
      return headers['token'] === 'secret' ? next() : fail('unauthorized', 'Who are you?');
    };
    const { peer } = await askOf(world, { use: [auth], handlers: { a: () => 1 }, describe: true });
    const call = (token: string) =>
      world.clock.runUntil(peer.call(DESCRIBE, [], { headers: { token } }));
    t.match(await call('guess'), { state: 'rejected', error: { code: 'unauthorized' } });
    t.match(await call('secret'), { state: 'resolved', value: { procedures: [{ name: 'a' }] } });
    t.strictSame(seen, [DESCRIBE, DESCRIBE]);
  }),
);

t.test(
  'what cannot be described is refused when the endpoint is made, and named',
  inWorld(async (t, world) => {
    const refused = async (options: object, option: string, message: RegExp) => {
      await t.rejects(world.endpoint(options), { code: 'ERR_RPCUDP_OPTION', option, message });
    };
    const handlers = { a: () => 1 };
    const own = { 'rpcudp.ping': () => 1 };
    await refused({ handlers, describe: 'yes' }, 'describe', /must be true, false, or an object/);
    await refused({ handlers, describe: ['a'] }, 'describe', /must be true, false, or an object/);
    await refused({ handlers, describe: { b: 'B.' } }, 'describe', /doc string of "b", but no/);
    for (const text of ['', 5, 'x'.repeat(1_001)]) {
      await refused({ handlers, describe: { a: text } }, 'describe["a"]', /1 to 1000 characters/);
    }
    await refused({ handlers: own, describe: true }, 'describe', /the handler "rpcudp\.ping"/);
    await world.endpoint({ handlers: own });
    t.throws(() => defineContract({ a: { description: '' } }), {
      code: 'ERR_RPCUDP_CONTRACT',
      message: /bad 'description': it must be a text of 1 to 1000 characters/,
    });
  }),
);

/** The compiler is the test. */
export async function typesOfDocStrings(): Promise<void> {
  const handlers = { sayhi: (_: unknown, name: string) => name };
  const endpoint = await createEndpoint({ handlers, describe: { sayhi: 'Says hello.' } });
  await endpoint.peer<typeof endpoint>('h:1').call('sayhi', ['Snake']);
  // @ts-expect-error There is no such procedure.
  await createEndpoint({ handlers, describe: { sayho: 'Says hello.' } });
  const contract = defineContract({ a: { description: 'A.' } });
  await createEndpoint({ contract, handlers: { a: () => 1 }, describe: true });
}
