/**
 * What handlers infer from a list of middleware. The compiler is the test: `npm run check` fails
 * when a line compiles that must not, or the reverse. Only the last line is run.
 */
import t from 'tap';
import { createEndpoint, defineContract, fail, handlersOf } from '../../src/index.js';
import type {
  Call,
  ContextOf,
  EndpointOptions,
  HandlerScope,
  Interceptor,
  Middleware,
  MiddlewareRequest,
  Next,
  ScopeWith,
} from '../../src/index.js';
import { schemaOf } from '../fixtures/schemas.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

interface User {
  readonly name: string;
}

const auth: Middleware<{ user: User }> = (request, next) => {
  request.procedure satisfies string;
  request.remainingMs satisfies number;
  request.signal satisfies AbortSignal;
  request.refusal?.code satisfies string | undefined;
  // @ts-expect-error nothing is known of the context before it
  request.context.user satisfies unknown;
  // @ts-expect-error it says that it adds a user
  next();
  // @ts-expect-error the name is missing
  next({ user: {} });
  if (request.args.length === 0) fail('unauthorized', 'Who are you?');
  return next({ user: { name: 'Snake' } });
};
const logging: Middleware = async (_, next) => await next();
const trail: Middleware<{ trail: string[] }, { user: User }> = ({ context }, next) =>
  next({ trail: [context.user.name] });
/** Without a type of its own, by the types of its parameters. */
function tenancy(_: MiddlewareRequest, next: Next<{ tenant: number }>): unknown {
  return next({ tenant: 7 });
}
const closed = () => 'closed for today';
const maybe: Middleware<{ user?: User }> = (_, next) => next();

/** In order, and without what says nothing. */
type Contexts = [
  Expect<Equal<ContextOf<[]>, object>>,
  Expect<Equal<ContextOf<[typeof logging]>, object>>,
  Expect<Equal<ContextOf<[typeof logging, typeof auth]>, { user: User }>>,
  Expect<Equal<ContextOf<[typeof auth, typeof trail]>, { user: User } & { trail: string[] }>>,
  Expect<Equal<ContextOf<[typeof tenancy, typeof closed]>, { tenant: number }>>,
  Expect<Equal<ContextOf<[typeof maybe]>, { user?: User }>>,
  Expect<Equal<ContextOf<Middleware[]>, object>>,
];

async function inferred() {
  const server = await createEndpoint({
    use: [auth, logging, trail],
    handlers: {
      greet: ({ context, sender }, word: string) => `${word} ${context.user.name} ${sender.host}`,
      steps: ({ context }) => context.trail,
      other: ({ context }) => {
        // @ts-expect-error nothing adds this
        context.tenant satisfies unknown;
      },
    },
  });
  const peer = server.peer<typeof server>('127.0.0.1:1');
  peer.call('greet', ['Hello']) satisfies Call<string>;
  peer.call('steps') satisfies Call<string[]>;
  // @ts-expect-error the argument is a string
  peer.call('greet', [1]);

  // The handlers may come first.
  await createEndpoint({
    handlers: { who: ({ context }) => context.user.name },
    use: [auth],
  });
  await createEndpoint({
    use: [tenancy, closed, () => 1, (request, next) => next({ [request.procedure]: 1 })],
    handlers: { which: ({ context }) => context.tenant satisfies number },
  });
  const sometimes = { which: ({ context }: ScopeWith<{ user?: User }>) => context.user?.name };
  await createEndpoint({ use: [maybe], handlers: sometimes });
  await createEndpoint({
    handlers: {
      who: ({ context }) => {
        // @ts-expect-error without middleware there is nothing in the context
        context.user satisfies unknown;
      },
    },
  });
  const list: Middleware[] = [logging];
  await createEndpoint({
    use: list,
    handlers: { who: ({ context }: HandlerScope) => context },
  });
}

async function inOrder() {
  // @ts-expect-error the trail needs the user, who comes later
  await createEndpoint({ use: [trail, auth], handlers: { who: () => 1 } });
  // @ts-expect-error the trail needs the user, who is missing
  await createEndpoint({ use: [logging, trail] });
  const unordered = [auth, trail];
  // @ts-expect-error it is not known which comes first
  await createEndpoint({ use: unordered });
  const ordered = [auth, trail] as const;
  await createEndpoint({ use: ordered, handlers: { who: ({ context }) => context.trail } });
  // @ts-expect-error this is no function
  await createEndpoint({ use: [5] });
  // @ts-expect-error a list is needed
  await createEndpoint({ use: auth });
}

type NamedScope = ScopeWith<{ user: User }>;

interface Api {
  greet(scope: NamedScope, word: string): string;
}

class Greeter {
  rpc_greet(scope: NamedScope, word: string): string {
    return `${word} ${scope.context.user.name}`;
  }
}

const contract = defineContract({
  greet: {
    args: schemaOf<[word: string], [word: string]>(() => ({ value: ['Hello'] })),
    result: schemaOf<string, string>(() => ({ value: 'Hello' })),
  },
});

async function declared(api: Api) {
  const server = await createEndpoint({ use: [auth], handlers: api });
  server.peer<typeof server>('127.0.0.1:1').call('greet', ['Hello']) satisfies Call<string>;
  const named: { greet: (scope: NamedScope, word: string) => string } = api;
  await createEndpoint({ use: [auth], handlers: named });
  // @ts-expect-error nothing adds the user
  await createEndpoint({ use: [logging], handlers: named });
  // @ts-expect-error nothing adds the user
  await createEndpoint({ handlers: named });

  const methods = handlersOf(new Greeter(), 'rpc_');
  const classy = await createEndpoint({ use: [auth], handlers: methods });
  classy.peer<typeof classy>('127.0.0.1:1').call('greet', ['Hello']) satisfies Call<string>;

  const agreed = await createEndpoint({
    contract,
    use: [auth, trail],
    handlers: { greet: ({ context }, word) => word + context.user.name + context.trail.join('') },
  });
  agreed.peer<typeof agreed>('127.0.0.1:1').call('greet', ['Hello']) satisfies Call<string>;
  await createEndpoint({
    contract,
    handlers: {
      greet: ({ context }, word) => {
        // @ts-expect-error nothing adds the user
        context.user satisfies unknown;
        return word;
      },
    },
  });
  // @ts-expect-error the trail needs the user
  await createEndpoint({ contract, use: [trail], handlers: { greet: (_, word) => word } });

  const options: EndpointOptions = { use: [logging], handlers: { who: () => 1 } };
  await createEndpoint(options);
}

const headers: Interceptor = ({ options, procedure, args, peer }, next) => {
  procedure satisfies string;
  peer satisfies string;
  args satisfies readonly unknown[];
  const call = next({ timeoutMs: (options.timeoutMs ?? 5_000) / 2 });
  // @ts-expect-error no such option
  next({ retries: 3 });
  void call.then(({ state }) => state satisfies string);
  return call;
};
// @ts-expect-error it must return the call
const forgetful: Interceptor = (_, next) => {
  next();
};
// @ts-expect-error it must be synchronous
const later: Interceptor = async (_, next) => next();

async function intercepting() {
  await createEndpoint({ intercept: [headers, (_, next) => next()] });
  // @ts-expect-error a list is needed
  await createEndpoint({ intercept: headers });
}

for (const compiled of [inferred, inOrder, declared, intercepting, forgetful, later]) {
  t.type(compiled, 'function');
}
t.pass('this file compiles' satisfies Contexts extends unknown[] ? string : never);
