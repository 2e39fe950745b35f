/**
 * What both sides infer from a contract. The compiler is the test: `npm run check` fails when a
 * line compiles that must not, or the reverse. Only the last line is run.
 */
import { type } from 'arktype';
import t from 'tap';
import * as v from 'valibot';
import { createActor } from 'xstate';
import { z } from 'zod';
import type { CheckedResultOf } from '../../src/contract/api.js';
import { defineContract } from '../../src/contract/contract.js';
import type { AnyContract, ContractApi } from '../../src/contract/contract.js';
import type { ContractHandlers } from '../../src/api/handlers.js';
import type { ArgumentsOf, ProcedureName, ResultOf } from '../../src/api/procedures.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { actorsOf, createEndpoint } from '../../src/index.js';
import type { AnyEndpoint, ApiOf, Call, Peer, PeerOf } from '../../src/index.js';
import { schemaOf } from '../fixtures/schemas.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

const zodContract = defineContract({
  sayhi: { args: z.tuple([z.string()]), result: z.string(), idempotent: true },
  search: {
    args: z.tuple([z.object({ word: z.string().transform((word) => word.length) })]),
    result: z.object({
      found: z.number().default(0),
      at: z.date().transform((at) => at.getTime()),
    }),
    timeoutMs: 2_000,
    maxBytes: 1_200,
  },
  count: { args: z.array(z.number()), result: z.number() },
  greet: { args: z.tuple([z.string(), z.number().optional()]), result: z.string() },
  forget: { args: z.tuple([]), result: z.null() },
  group: { result: z.string().transform((text) => new Map([[text, text.length]])) },
  anything: {},
});

const valibotContract = defineContract({
  search: {
    args: v.strictTuple([v.object({ word: v.string(), limit: v.optional(v.number(), 10) })]),
    result: v.pipe(v.string(), v.transform(Number)),
  },
});

const arktypeContract = defineContract({
  search: {
    args: type([{ word: 'string', limit: 'number = 10' }]),
    result: type('string').pipe(Number),
  },
});

const byHand = defineContract({
  search: {
    args: schemaOf<[word: string], [length: number]>(() => ({ value: [1] })),
    result: schemaOf<string, number>(() => ({ value: 1 })),
  },
});

type Value<C> = C extends Call<infer V> ? V : never;
type ZodHandlers = ContractHandlers<typeof zodContract>;
type ZodApi = ApiOf<typeof zodContract>;
type Checked<C extends AnyContract, P extends ProcedureName<ContractApi<C>>> = CheckedResultOf<
  ContractApi<C>[P],
  'unchecked'
>;

function callers(client: AnyEndpoint) {
  const peer = client.peer('127.0.0.1:1', zodContract);
  peer.call('sayhi', ['Snake']);
  peer.call('greet', ['Snake']);
  peer.call('greet', ['Snake', 2]);
  peer.call('count', [1, 2, 3]);
  peer.call('anything', [1, 'two', null]);
  // @ts-expect-error no such procedure
  peer.call('sayho', ['Snake']);
  // @ts-expect-error the argument is a string
  peer.call('sayhi', [1]);
  // @ts-expect-error the argument is missing
  peer.call('sayhi', []);
  // @ts-expect-error one argument is too many
  peer.call('sayhi', ['Snake', 'Plissken']);
  // @ts-expect-error every argument is a number
  peer.call('count', [1, 'two']);
  // @ts-expect-error the caller gives the input of the schema, not its output
  peer.call('search', [{ word: 5 }]);
  // @ts-expect-error no such option
  peer.call('sayhi', ['Snake'], { idempotent: true });
  // @ts-expect-error the argument is a string
  peer.remote.sayhi(1);
  peer.send({ type: 'call', procedure: 'greet', args: ['Snake', 2], reference: 1 });
  // @ts-expect-error the argument is a string
  peer.send({ type: 'call', procedure: 'greet', args: [2] });
  // @ts-expect-error no such procedure
  peer.send({ type: 'call', procedure: 'great', args: ['Snake'] });
  peer.on('call.resolved', (report) => {
    if (report.procedure === 'group') report.outcome.value satisfies Map<string, number>;
  });
  return {
    said: peer.call('sayhi', ['Snake']),
    greeted: peer.remote.greet('Snake'),
    found: peer.call('search', [{ word: 'Snake' }]),
    forgot: peer.call('forget', []),
    grouped: peer.call('group', []),
    any: peer.call('anything', []),
  };
}

type Calls = ReturnType<typeof callers>;

/** A checked call resolves to the output of the result's schema. */
type CheckedResults = [
  Expect<Equal<Value<Calls['said']>, string>>,
  Expect<Equal<Value<Calls['greeted']>, string>>,
  Expect<Equal<Value<Calls['found']>, { found: number; at: number }>>,
  Expect<Equal<Value<Calls['forgot']>, null>>,
  Expect<Equal<Value<Calls['grouped']>, Map<string, number>>>,
  Expect<Equal<Value<Calls['any']>, unknown>>,
  Expect<Equal<Checked<typeof valibotContract, 'search'>, number>>,
  Expect<Equal<Checked<typeof arktypeContract, 'search'>, number>>,
  Expect<Equal<Checked<typeof byHand, 'search'>, number>>,
];

/** Without the contract, a call resolves to what was sent. */
type SentResults = [
  Expect<Equal<ResultOf<ZodApi['sayhi']>, string>>,
  Expect<Equal<ResultOf<ZodApi['search']>, { found?: number; at: Date }>>,
  Expect<Equal<ResultOf<ZodApi['group']>, string>>,
  Expect<Equal<ResultOf<ZodApi['anything']>, unknown>>,
  Expect<Equal<ArgumentsOf<ZodApi['search']>, readonly [{ word: string }]>>,
  Expect<Equal<ArgumentsOf<ZodApi['anything']>, readonly unknown[]>>,
];

type Second<F> = F extends (scope: HandlerScope, second: infer S) => unknown ? S : never;

/**
 * Procedures get the output of the arguments' schema, and return the input of the result's schema.
 */
type Handlers = [
  Expect<Equal<Second<ZodHandlers['search']>, { word: number }>>,
  Expect<
    Equal<
      Second<ContractHandlers<typeof valibotContract>['search']>,
      { word: string; limit: number }
    >
  >,
  Expect<
    Equal<
      Second<ContractHandlers<typeof arktypeContract>['search']>,
      { word: string; limit: number }
    >
  >,
  Expect<Equal<Second<ContractHandlers<typeof byHand>['search']>, number>>,
  Expect<
    Equal<ReturnType<ContractHandlers<typeof byHand>['search']>, string | PromiseLike<string>>
  >,
];

function unchecked(client: AnyEndpoint) {
  const peer = client.peer<typeof zodContract>('127.0.0.1:1');
  peer.call('forget');
  peer.call('anything', [1, 'two']);
  // @ts-expect-error the argument is a string
  peer.call('sayhi', [1]);
  (peer satisfies PeerOf<typeof zodContract>).remote.greet('Snake', 2) satisfies Call<string>;
}

function servers(handlers: ZodHandlers) {
  const serve = createEndpoint;
  void serve({ contract: zodContract, handlers });
  void serve({
    contract: zodContract,
    handlers: {
      ...handlers,
      sayhi: ({ sender }, name) =>
        Promise.resolve(`Hello ${name satisfies string} at ${sender.host}`),
      search: (_scope, { word }) => ({ found: word satisfies number, at: new Date(0) }),
      forget: () => undefined,
      anything: (_scope, ...args) => args satisfies unknown[],
    },
  });
  // @ts-expect-error the result is a string
  void serve({ contract: zodContract, handlers: { ...handlers, sayhi: () => 5 } });
  // @ts-expect-error it must be a promise of a string
  void serve({ contract: zodContract, handlers: { ...handlers, sayhi: () => Promise.resolve(5) } });
  // @ts-expect-error only a result of null may be left out
  void serve({ contract: zodContract, handlers: { ...handlers, sayhi: () => undefined } });
  const search = (_scope: HandlerScope, _asked: { word: string }) => ({ at: new Date(0) });
  // @ts-expect-error the argument is a number, because the schema made it one
  void serve({ contract: zodContract, handlers: { ...handlers, search } });
  // @ts-expect-error the contract has no such procedure
  void serve({ contract: byHand, handlers: { search: () => '', sayho: () => '' } });
  // @ts-expect-error a procedure of the contract is missing
  void serve({ contract: byHand, handlers: {} });
  // @ts-expect-error there are no handlers for the contract
  void serve({ contract: byHand });
  // @ts-expect-error this is not a contract
  void serve({ contract: { search: {} }, handlers: {} });
}

async function ofServers(handlers: ZodHandlers) {
  const server = await createEndpoint({ contract: zodContract, handlers });
  const peer = server.peer<typeof server>('127.0.0.1:1');
  (peer satisfies PeerOf<typeof server>).call('sayhi', ['Snake']) satisfies Call<string>;
  // An unchecked call resolves to what was sent, which the schema has not read.
  peer.call('group') satisfies Call<string>;
  // @ts-expect-error the argument is a string
  peer.call('sayhi', [1]);
}

function actors(peer: Peer<ContractApi<typeof zodContract>>) {
  const remote = actorsOf(zodContract);
  createActor(remote.call('search'), { input: { peer, args: [{ word: 'Snake' }] } });
  // @ts-expect-error the argument is a string
  createActor(remote.call('sayhi'), { input: { peer, args: [1] } });
  // @ts-expect-error no such procedure
  remote.call('sayho');
  const found = createActor(remote.call('search'), { input: { peer, args: [{ word: '' }] } });
  const { output } = found.getSnapshot();
  output satisfies { found: number; at: number } | undefined;
}

function definitions() {
  // @ts-expect-error no such key
  defineContract({ sayhi: { timeout: 5 } });
  // @ts-expect-error no such key, besides a valid one
  defineContract({ sayhi: { timeoutMs: 5, maxByte: 5 } });
  // @ts-expect-error arguments are an array
  defineContract({ sayhi: { args: z.string() } });
  // @ts-expect-error the schema's output must be an array too
  defineContract({ sayhi: { args: z.tuple([z.string()]).transform(([text]) => text) } });
  // @ts-expect-error a string is not a schema
  defineContract({ sayhi: { result: 'string' } });
  // @ts-expect-error it must be a boolean
  defineContract({ sayhi: { idempotent: 'yes' } });
  // @ts-expect-error it must be a number
  defineContract({ sayhi: { timeoutMs: '5' } });
  defineContract({ sayhi: { args: z.array(z.any()).readonly(), result: z.any() } });
  (zodContract satisfies AnyContract).procedure('anything');
}

t.match([valibotContract, arktypeContract], [{}, {}]);
t.type(callers, 'function');
t.type(unchecked, 'function');
t.type(servers, 'function');
t.type(ofServers, 'function');
t.type(actors, 'function');
t.type(definitions, 'function');
t.pass(
  'this file compiles' satisfies [CheckedResults, SentResults, Handlers] extends unknown[]
    ? string
    : never,
);
