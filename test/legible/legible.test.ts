import t from 'tap';
import { assign, createActor, createMachine } from 'xstate';
import type { InspectionEvent } from 'xstate';
import { createEndpoint } from '../../src/endpoint/endpoint.js';
import { legible } from '../../src/legible/legible.js';
import type { Mask } from '../../src/legible/mask.js';
import { ProcedureError } from '../../src/api/procedure-error.js';
import { openStatelyInspector } from '../fixtures/stately-inspector.js';
import { World } from '../fixtures/world.js';

const SECRET = 'correct horse battery staple';

const handlers = {
  login: (_: unknown, user: { readonly name: string; readonly password: string }) => {
    if (user.name === 'nobody') throw new ProcedureError('noSuchUser', 'who?', { token: SECRET });
    return { token: SECRET, id: 2n ** 63n, key: Uint8Array.of(1, 2) };
  },
  guess: () => {
    throw new ProcedureError('noSuchUser', 'who?', { token: SECRET });
  },
};

/** Calls with secrets in both directions: one resolved, one rejected, one rejected of another kind. */
async function twoLogins(inspect: (event: InspectionEvent) => void) {
  const server = await createEndpoint({ host: '127.0.0.1', handlers, inspect });
  const client = await createEndpoint({ host: '127.0.0.1', inspect });
  const peer = client.peer(server.address);
  const resolved = peer.call('login', [{ name: 'snake', password: SECRET }]);
  const rejected = peer.call('login', [{ name: 'nobody', password: SECRET }]);
  const guessed = peer.call('guess', ['snake']);
  peer.send({ type: 'call', procedure: 'login', args: [{ name: 'x', password: SECRET }] });
  await Promise.all([resolved, rejected, guessed]);
  await client.close();
  await server.close();
  return { resolved, rejected, guessed };
}

t.test("Stately's inspector shows bytes with their length, and bigints exactly", async (t) => {
  const stately = await openStatelyInspector();
  t.teardown(() => stately.close());
  const { inspect } = stately;
  const observe =
    typeof inspect === 'function' ? inspect : (event: InspectionEvent) => inspect.next?.(event);
  const { resolved, rejected, guessed } = await twoLogins(
    legible(observe, { mask: ['password', 'token'] }),
  );
  await stately.flush();
  const contextOf = (sessionId: string) =>
    stately.messages('@xstate.snapshot').findLast((message) => message.sessionId === sessionId)
      ?.snapshot;
  t.match(contextOf(resolved.sessionId), {
    value: 'resolved',
    context: {
      args: [{ name: 'snake', password: '(masked)' }],
      outcome: {
        value: { token: '(masked)', id: '9223372036854775808n', key: '2 bytes: 01 02' },
      },
    },
  });
  t.match(contextOf(guessed.sessionId), {
    context: {
      outcome: {
        state: 'rejected',
        error: { code: 'noSuchUser', message: /who\?/, data: { token: '(masked)' } },
      },
    },
  });
  t.strictSame(
    (contextOf(rejected.sessionId)?.context['outcome'] as { readonly error: unknown }).error,
    { name: 'RemoteError', code: 'noSuchUser', message: '(masked)' },
    'an argument is masked, so the words may repeat it',
  );
  t.ok(stately.messages('@xstate.actor').some(({ name }) => name.startsWith('call login')));
});

/** Everything that the observer is shown, as text, an event each. */
function spy(mask: Mask | undefined) {
  const seen: string[] = [];
  const machines = new Set(['machine', 'logic', '_parent', 'src', '_nodes']);
  const text = (value: unknown) =>
    JSON.stringify(value, (key, inner: unknown) => (machines.has(key) ? 0 : inner)) as
      string | undefined;
  const observe = legible(
    (event) => {
      const { actorRef } = event;
      seen.push(text({ event, snapshot: actorRef.getSnapshot() as unknown }) ?? '');
    },
    mask === undefined ? {} : { mask },
  );
  return {
    seen,
    observe,
    has: (words: string) => seen.some((shown) => shown.includes(words)),
  };
}

t.test('a masked secret is nowhere in what an observer gets', async (t) => {
  const { seen, observe, has } = spy(['password', 'token']);
  await twoLogins(observe);
  t.ok(seen.length > 30, `${seen.length} events`);
  t.ok(has('(masked)'));
  t.notOk(has(SECRET));
});

const talkative = {
  quote: (_: unknown, user: { readonly password: string }) => {
    throw new Error(`wrong password ${user.password}`, { cause: new Error(user.password) });
  },
  declare: (_: unknown, user: { readonly password: string }) => {
    throw new ProcedureError('refused', `no: ${user.password}`, [user.password]);
  },
  throwText: (_: unknown, user: { readonly password: string }) => {
    throw user.password as unknown as Error;
  },
  forget: (_: unknown, user: { password?: string }) => {
    const { password } = user;
    delete user.password;
    throw new Error(`wrong password ${password}`);
  },
  never: () => new Promise<never>(() => undefined),
  open: (_: unknown, name: string) => {
    throw new Error(`nobody is ${name}`);
  },
};

/** Everything that can happen to a call whose words repeat its argument. */
async function talk(observe: (event: InspectionEvent) => void): Promise<void> {
  const world = new World({ watched: false });
  const server = await world.endpoint({ handlers: talkative, inspect: observe });
  const client = await world.endpoint({ inspect: observe });
  const peer = client.peer(server.address);
  const login = () => [{ password: SECRET }];
  const names = ['quote', 'declare', 'throwText', 'forget', 'nowhere'] as const;
  const calls = names.map((name) => peer.call(name, login()));
  const cancelled = [new Error(`not with ${SECRET}`), SECRET, { why: [SECRET] }].map((reason) => {
    const call = peer.call('never', login());
    world.clock.setTimeout(() => call.cancel(reason), 50);
    return call;
  });
  const open = peer.call('open', ['Snake Plissken']);
  await world.clock.runUntil(Promise.all([...calls, ...cancelled, open]));
  await world.clock.runUntil(Promise.all([client.close(), server.close()]));
}

t.test('words of errors, causes, data and reasons that repeat a secret are masked', async (t) => {
  const { seen, observe, has } = spy(['password']);
  await talk(observe);
  t.notOk(seen.find((text) => text.includes(SECRET)));
  t.ok(has('"code":"handlerFailed","message":"(masked)"'), 'the failure keeps its code');
  t.ok(has('"code":"refused","message":"(masked)"'), 'so does a declared error');
  t.ok(has('"reason":"(masked)"'));
  t.ok(has('nobody is Snake Plissken'), 'a call without a masked argument keeps its words');
  const open = spy(undefined);
  await talk(open.observe);
  for (const words of [`wrong password ${SECRET}`, `no: ${SECRET}`, `not with ${SECRET}`]) {
    t.ok(open.has(words), `without a mask: ${words}`);
  }
});

t.test('in a machine of the user, words of calls are masked, because nobody knows whose', (t) => {
  const { observe, has } = spy(['password']);
  const machine = createMachine({
    on: { '*': { actions: assign(({ event }) => ({ last: event })) } },
  });
  const actor = createActor(machine, { inspect: observe }).start();
  const error = Object.assign(new Error(`wrong password ${SECRET}`), { code: 'wrong' });
  actor.send({ type: 'call.rejected', procedure: 'login', outcome: { state: 'rejected', error } });
  actor.send({ type: 'xstate.error.actor.login', error });
  actor.send({ type: 'xstate.done.actor.login', output: { state: 'cancelled', reason: SECRET } });
  actor.send({ type: 'failed', error: SECRET });
  actor.stop();
  t.notOk(has(`wrong password ${SECRET}`));
  t.notOk(has(`"reason":"${SECRET}"`));
  t.notOk(has(`"error":"${SECRET}"`));
  t.ok(has('"code":"wrong","message":"(masked)"'));
  t.end();
});

t.test(
  'a mask by path finds a value wherever it is shown: in events, contexts and outputs',
  async (t) => {
    const at =
      (...wanted: readonly string[]): Mask =>
      ({ path }) =>
        path.join('.') === wanted.join('.');
    for (const mask of [
      at('outcome'),
      at('outcome', 'value'),
      at('outcome', 'value', 'token'),
      ['value'],
    ] as const) {
      const { observe, has } = spy(mask);
      const world = new World({ watched: false });
      const give = { give: () => ({ token: SECRET }) };
      const server = await world.endpoint({ handlers: give, inspect: observe });
      const client = await world.endpoint({ inspect: observe });
      await world.clock.runUntil(client.peer(server.address).call('give'));
      await world.clock.runUntil(Promise.all([client.close(), server.close()]));
      t.ok(has('(masked)'));
      t.notOk(has(SECRET));
    }
    const { observe, has } = spy(at('args', '0', 'password'));
    await talk(observe);
    t.notOk(has(SECRET), 'in the input of an actor as well');
  },
);

t.test('a mask cannot change the path that it is asked about', async (t) => {
  const emptying: Mask = ({ path }) => {
    const keys = (path as string[]).splice(0);
    return keys.includes('args') && keys.at(-1) === 'password';
  };
  const { observe, has } = spy(emptying);
  await talk(observe);
  t.notOk(has(SECRET));
});
