/** Closing while procedures run that call others: what lives within the grace, and what does not. */
import type { Test } from 'tap';
import t from 'tap';
import { createActor, toPromise } from 'xstate';
import type { Snapshot } from 'xstate';
import { z } from 'zod';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { Call } from '../../src/api/call.js';
import type { Peer } from '../../src/api/peer.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { defineContract } from '../../src/contract/contract.js';
import { EndpointClosedError, OptionError } from '../../src/errors.js';
import { recordEndpoint } from '../../src/inspector/recorder/recorder.js';
import { actorsOf } from '../../src/xstate/actors-of.js';
import { request } from '../fixtures/raw-peer.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** Steps that a test lets a procedure take. */
class Gate {
  open = (): void => undefined;
  readonly passed = new Promise<void>((resolve) => (this.open = resolve));
}

/** A store that answers 100 ms after it was asked. */
async function slowStore(world: World) {
  return world.endpoint({
    handlers: {
      save: (_, what: string) =>
        new Promise<string>((resolve) => {
          world.clock.setTimeout(() => {
            resolve(`saved ${what}`);
          }, 100);
        }),
    },
  });
}

/** A service whose procedure `work` runs `body`, and a call to it that has arrived. */
async function working(
  world: World,
  body: (scope: HandlerScope) => unknown,
  options: { readonly closeGraceMs?: number; readonly window?: number } = {},
) {
  const service = await world.endpoint({
    ...options,
    handlers: { work: body, idle: () => 'idle' },
  });
  const client = await world.endpoint();
  const call: Call = client.peer(service.address).call('work');
  await world.settle();
  return { service, client, call };
}

t.test(
  'a call that is open when the endpoint closes is answered, and so is its caller',
  inWorld(async (t, world) => {
    const store = await slowStore(world);
    const { service, call } = await working(world, ({ endpoint }) =>
      endpoint.peer(store.address).call('save', ['it']).value(),
    );
    const closed = service.close();
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'saved it' });
    await world.clock.runUntil(closed);
    t.match(service.stats(), { state: 'closed', outcomes: { resolved: 1, cancelled: 0 } });
  }),
);

/** The ways in which a procedure calls through its scope. */
const WAYS: Readonly<Record<string, (endpoint: AnyEndpoint, store: AnyEndpoint) => unknown>> = {
  'a new peer': (endpoint, store) => endpoint.peer(store.address).call('save', ['it']).value(),
  'a remote': (endpoint, store) => endpoint.peer(store.address).remote['save']?.('it').value(),
  'a host name': (endpoint, store) =>
    endpoint.peer(`store.example:${store.address.port}`).call('save', ['it']).value(),
  'a command': (endpoint, store) =>
    new Promise((resolve) => {
      const peer = endpoint.peer(store.address);
      peer.on('call.resolved', ({ outcome }) => {
        resolve(outcome.value);
      });
      peer.send({ type: 'call', procedure: 'save', args: ['it'] });
    }),
  'an invoked call': (endpoint, store) => {
    const peer = endpoint.peer(store.address);
    const save = createActor(actorsOf().call('save'), { input: { peer, args: ['it'] } });
    return toPromise(save.start());
  },
  'an invoked call by address': (endpoint, { address: { host, port } }) => {
    const input = { address: `${host}:${port}`, args: ['it'] };
    return toPromise(createActor(actorsOf(endpoint).call('save'), { input }).start());
  },
  'a spawned peer': (endpoint, store) =>
    new Promise((resolve) => {
      const input = { endpoint, address: store.address };
      const peer = createActor(actorsOf().peer, { input });
      peer.on('call.resolved', ({ outcome }) => {
        resolve(outcome.value);
      });
      peer.start().send({ type: 'call', procedure: 'save', args: ['it'] });
    }),
};

for (const [way, callBy] of Object.entries(WAYS)) {
  t.test(
    `while the endpoint closes, a procedure that runs calls through ${way} of its scope`,
    inWorld(async (t, world) => {
      const store = await slowStore(world);
      const gate = new Gate();
      const service = await world.endpoint({
        lookup: () => Promise.resolve(store.address.host),
        handlers: {
          work: async ({ endpoint }) => {
            await gate.passed;
            return callBy(endpoint, store);
          },
        },
      });
      const client = await world.endpoint();
      const call: Call = client.peer(service.address).call('work');
      await world.settle();
      const closed = service.close();
      await world.clock.advance(50);
      t.equal(service.stats().state, 'closing');
      gate.open();
      const outcome = await world.clock.runUntil(call);
      t.match(outcome, { state: 'resolved', value: 'saved it' });
      await world.clock.runUntil(closed);
    }),
  );
}

const SAVING = defineContract({
  save: { args: z.tuple([z.string()]), result: z.string(), idempotent: true },
});

/** What an earlier process persisted of a call of `save`, in whose course it was killed. */
async function persistedSave(world: World, { address: { host, port } }: AnyEndpoint) {
  const transport = world.network.transport('10.0.7.7', 0);
  const earlier = await world.endpoint({ host: '10.0.7.7', transport });
  const input = { address: `${host}:${port}`, args: ['it'] as [string] };
  const actor = createActor(actorsOf(earlier, SAVING).outcome('save'), { input }).start();
  await world.clock.advance(10);
  await transport.close();
  return actor.getPersistedSnapshot();
}

/** Goes on with it. */
function restoredSave(endpoint: AnyEndpoint, snapshot: Snapshot<unknown>): PromiseLike<unknown> {
  const input = { address: '', args: [''] as [string] };
  const actor = createActor(actorsOf(endpoint, SAVING).call('save'), { input, snapshot });
  return toPromise(actor.start());
}

for (const [how, end, isLeft] of [
  ['drains', (service) => service.drain(), true],
  ['closes', (service) => service.close(), false],
] satisfies [string, (service: AnyEndpoint) => Promise<void>, boolean][]) {
  t.test(
    `while the endpoint ${how}, a procedure that runs restores calls, which belong to it`,
    inWorld(async (t, world) => {
      const store = await slowStore(world);
      const ofProcedure = await persistedSave(world, store);
      const ofProgram = await persistedSave(world, store);
      const gate = new Gate();
      const { service, call } = await working(world, async ({ endpoint }) => {
        await gate.passed;
        return restoredSave(endpoint, ofProcedure);
      });
      const ended = end(service);
      await world.clock.advance(50);
      gate.open();
      const saved = Promise.resolve(restoredSave(service, ofProgram));
      const program = saved.catch((error: unknown) => error);
      t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'saved it' });
      await world.clock.runUntil(ended);
      const left = isLeft ? 'saved it' : { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' };
      t.match(await world.clock.runUntil(program), left, 'one that belongs to the program');
    }),
  );
}

t.test(
  'a call by a name goes on to the next address of the name, also while the endpoint closes',
  inWorld(async (t, world) => {
    const store = await slowStore(world);
    const gate = new Gate();
    const service = await world.endpoint({
      closeGraceMs: 3_000,
      lookup: () => Promise.resolve(['10.9.9.9', store.address.host]),
      handlers: {
        work: async ({ endpoint }) => {
          await gate.passed;
          const peer = endpoint.peer(`store.example:${store.address.port}`);
          await peer.call('save', ['it'], { timeoutMs: 500 });
          return peer.call('save', ['it']).value();
        },
      },
    });
    const client = await world.endpoint();
    const call: Call = client.peer(service.address).call('work');
    await world.settle();
    const closed = service.close();
    gate.open();
    t.match(await world.clock.runUntil(call), { value: 'saved it' });
    await world.clock.runUntil(closed);
    t.match(service.stats().outcomes, { timedOut: 1, resolved: 1 });
  }),
);

t.test(
  'all other calls are cancelled at once, and new ones are refused, also within a procedure',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const gate = new Gate();
    const handles: Peer[] = [];
    const made: Call[] = [];
    const own: Call[] = [];
    const errors: unknown[] = [];
    const { service, call } = await working(world, async ({ endpoint }) => {
      own.push(endpoint.peer(raw.address).call('mine'));
      for (const handle of handles) made.push(handle.call('not mine'));
      await gate.passed;
      for (const attempt of [() => handles[0]?.call('x'), () => service.peer(raw.address)]) {
        try {
          attempt();
        } catch (error) {
          errors.push(error);
        }
      }
      return 'done';
    });
    // The first procedure ran without a handle; the second one has that of the program.
    handles.push(service.peer(raw.address));
    made.push(handles[0]!.call('the program'));
    const client = await world.endpoint();
    const second = client.peer(service.address).call('work');
    await world.settle();
    const closed = service.close();
    await world.settle();
    for (const cancelled of made) {
      t.match(await cancelled, { state: 'cancelled', reason: EndpointClosedError });
    }
    t.equal(made.length, 2);
    t.equal(service.stats().inFlightNow, own.length, 'the calls of the scopes live');
    gate.open();
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'done' });
    t.match(await world.clock.runUntil(second), { state: 'resolved', value: 'done' });
    await world.clock.runUntil(closed);
    t.match(errors, Array(4).fill({ code: 'ERR_RPCUDP_ENDPOINT_CLOSED' }));
    for (const left of own) t.match(await left, { state: 'cancelled' });
  }),
);

t.test(
  'a call that waits in the mailbox for its procedure is sent while the endpoint closes',
  inWorld(async (t, world) => {
    const store = await slowStore(world);
    const { service, call } = await working(
      world,
      ({ endpoint }) => {
        const peer = endpoint.peer(store.address);
        return Promise.all(['a', 'b', 'c'].map((what) => peer.call('save', [what]).value()));
      },
      { window: 1 },
    );
    const plain = service.peer(store.address).call('save', ['d']);
    t.match(service.stats(), { inFlightNow: 1, queuedNow: 3 });
    const closed = service.close();
    t.match(await plain, { state: 'cancelled', executed: 'no' });
    t.match(await world.clock.runUntil(call), { value: ['saved a', 'saved b', 'saved c'] });
    await world.clock.runUntil(closed);
  }),
);

t.test(
  'what a procedure leaves behind is cancelled when it has ended, and its scope calls no more',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const gates = [new Gate(), new Gate()];
    const left: Call[] = [];
    const scopes: HandlerScope[] = [];
    const handles: Peer[] = [];
    const { service, client, call } = await working(world, async (scope) => {
      const gate = gates[scopes.length];
      scopes.push(scope);
      const peer = scope.endpoint.peer(raw.address);
      handles.push(peer);
      left.push(peer.call('left'));
      await gate?.passed;
      return 'ended';
    });
    const other = client.peer(service.address).call('work');
    await world.settle();
    const closed = service.close();
    gates[0]?.open();
    t.match(await world.clock.runUntil(call), { value: 'ended' });
    t.match(await left[0], { state: 'cancelled', reason: EndpointClosedError });
    t.equal(service.stats().inFlightNow, 1, 'the call of the other procedure lives');
    const ended = /The endpoint is closed, and the procedure .* does not run any more/;
    t.throws(() => handles[0]?.call('again'), {
      code: 'ERR_RPCUDP_ENDPOINT_CLOSED',
      message: ended,
    });
    t.throws(() => scopes[0]?.endpoint.peer(raw.address), { message: ended });
    t.doesNotThrow(() => handles[1]?.call('again').cancel());
    gates[1]?.open();
    t.match(await world.clock.runUntil(other), { value: 'ended' });
    await world.clock.runUntil(closed);
    t.throws(() => scopes[1]?.endpoint.peer(raw.address), { message: ended });
    t.match(await left[1], { state: 'cancelled' });
  }),
);

t.test(
  'a procedure past its deadline has ended: its calls go on, unless the endpoint closes',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const left: Call[] = [];
    const service = await world.endpoint({
      handlerTimeoutMs: 200,
      handlers: {
        work: ({ endpoint }) => {
          const call = endpoint.peer(raw.address).call('left', [], { timeoutMs: 4_000 });
          left.push(call);
          return call;
        },
      },
    });
    const client = await world.endpoint();
    const first = client.peer(service.address).call('work');
    t.match(await world.clock.runUntil(first), { error: { code: 'handlerTimedOut' } });
    t.equal(service.stats().inFlightNow, 1, 'its call goes on');
    const second = client.peer(service.address).call('work');
    await world.settle();
    const closed = service.close();
    t.match(await left[0], { state: 'cancelled' });
    t.equal(service.stats().inFlightNow, 1);
    t.match(await world.clock.runUntil(second), { error: { code: 'handlerTimedOut' } });
    t.match(await left[1], { state: 'cancelled' });
    await world.clock.runUntil(closed);
    t.equal(service.stats().discardedResults, 2);
    t.match(world.errors.splice(0), Array(2).fill({ code: 'ERR_RPCUDP_HANDLER_FAILED' }));
  }),
);

t.test(
  'at the end of the grace calls are cancelled, after the signal of their procedure has aborted',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const heard: unknown[] = [];
    const { service, call } = await working(world, async ({ endpoint, signal }) => {
      const peer = endpoint.peer(raw.address);
      signal.addEventListener('abort', () => {
        heard.push('aborted');
        t.throws(() => peer.call('too late'), EndpointClosedError);
      });
      const outcome = await peer.call('x', [], { timeoutMs: 4_000 });
      heard.push(outcome);
    });
    const startedMs = world.clock.nowMs();
    await world.clock.runUntil(service.close({ graceMs: 700.5 }));
    t.equal(world.clock.nowMs() - startedMs, 700.5);
    t.match(await world.clock.runUntil(call), { error: { code: 'handlerFailed' } });
    t.match(heard, ['aborted', { state: 'cancelled', reason: EndpointClosedError }]);
  }),
);

/** How long closing takes while a procedure hangs. */
async function closingMs(
  world: World,
  closeAll: (service: AnyEndpoint) => Promise<void>,
): Promise<number> {
  const { service } = await working(world, () => new Promise<never>(() => undefined), {
    closeGraceMs: 400,
  });
  const startedMs = world.clock.nowMs();
  await world.clock.runUntil(closeAll(service));
  return world.clock.nowMs() - startedMs;
}

t.test(
  'the grace is that of the call to close, or that of the endpoint',
  inWorld(async (t, world) => {
    t.equal(await closingMs(world, (service) => service.close()), 400);
    t.equal(await closingMs(world, (service) => service.close({})), 400);
    t.equal(await closingMs(world, (service) => service.close({ graceMs: undefined })), 400);
    t.equal(await closingMs(world, (service) => service.close({ graceMs: 2_000 })), 2_000);
    t.equal(await closingMs(world, (service) => service.close({ graceMs: 30 })), 30);
    t.equal(await closingMs(world, (service) => service.close({ graceMs: 0 })), 0);
  }),
);

t.test(
  'of two graces the one holds that ends first, and the promise is the same',
  inWorld(async (t, world) => {
    const both = (first: number | undefined, then: number | undefined) =>
      closingMs(world, async (service) => {
        const closed = service.close({ graceMs: first });
        await world.clock.advance(100);
        t.equal(service.close({ graceMs: then }), closed);
        await closed;
      });
    t.equal(await both(2_000, 50), 150, 'a shorter one shortens');
    t.equal(await both(2_000, 0), 100, 'also to nothing');
    t.equal(await both(300, 5_000), 300, 'a longer one does not lengthen');
    t.equal(await both(2_000, undefined), 2_000, 'none changes nothing');
    t.equal(await both(undefined, 100), 200);
  }),
);

t.test(
  'a wrong grace is refused, and closes nothing',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    for (const graceMs of [-1, NaN, Infinity, 2 ** 31]) {
      t.throws(() => endpoint.close({ graceMs }), OptionError);
    }
    t.throws(() => endpoint.close({ graceMs: -1 }), {
      message: "The option 'graceMs' must be a number from 0 to 2147483647, but is -1",
    });
    // @ts-expect-error A grace is a number.
    t.throws(() => endpoint.close({ graceMs: '5' }), OptionError);
    // @ts-expect-error There is no such option.
    t.throws(() => endpoint.close({ grace: 1 }), {
      message: "The option 'grace' is not known; the options of a close are graceMs",
    });
    // @ts-expect-error A signal handler's argument is no set of options.
    t.throws(() => endpoint.close(15), OptionError);
    t.equal(endpoint.stats().state, 'open');
    await endpoint.close({ graceMs: 2 ** 31 - 1 });
    t.throws(() => endpoint.close({ graceMs: -1 }), OptionError, 'a closed one checks, too');
  }),
);

t.test(
  'when the socket fails, nothing is waited for, because nothing can leave',
  inWorld(async (t, world) => {
    for (const closesFirst of [false, true]) {
      const transport = new ScriptedTransport();
      const service = await world.endpoint({
        transport,
        handlers: { work: () => new Promise<never>(() => undefined) },
      });
      transport.receiver?.datagramReceived(request(7, 'work'), '10.0.0.9', 9);
      t.equal(service.stats().runningNow, 1);
      if (closesFirst) void service.close({ graceMs: 60_000 });
      const startedMs = world.clock.nowMs();
      transport.receiver?.transportFailed(new Error('the network card is gone'));
      await world.clock.runUntil(service.close());
      t.equal(world.clock.nowMs(), startedMs);
      t.match(service.stats(), { state: 'closed', requests: { abandoned: 1 } });
    }
  }),
);

t.test(
  "a scope's endpoint is made when it is read, once, and is otherwise the endpoint",
  inWorld(async (t, world) => {
    const scopes: HandlerScope[] = [];
    const { service, client, call } = await working(world, (scope) => {
      scopes.push(scope);
      return 'done';
    });
    await world.clock.runUntil(call);
    const [scope] = scopes;
    if (scope === undefined) throw new Error('nothing ran');
    t.notOk(Object.hasOwn(scope, 'endpoint'), 'it is made on demand');
    const { endpoint } = scope;
    t.equal(scope.endpoint, endpoint);
    t.same(endpoint.address, service.address);
    t.match(endpoint.stats(), { state: 'open', requests: { replied: 1 } });
    await sameReports(t, world, endpoint, client.peer(service.address));
    const back = endpoint.peer(client.address).call('nothing');
    t.match(await world.clock.runUntil(back), { error: { code: 'unknownProcedure' } });
    endpoint.unref();
    endpoint.ref();
    t.equal(endpoint.drain(), service.drain());
    t.equal(endpoint[Symbol.asyncDispose](), service.close());
    t.equal(endpoint.close({ graceMs: 0 }), service.close());
    await service.close();
  }),
);

/** Listeners, inspectors and recorders hear through a scope's endpoint what they hear of its own. */
async function sameReports(t: Test, world: World, endpoint: AnyEndpoint, peer: Peer) {
  const heard: string[] = [];
  endpoint.on('request.settled', ({ procedure }) => heard.push(procedure));
  const actors: string[] = [];
  const inspected = endpoint.inspect(({ type, actorRef }) => {
    if (type === '@xstate.actor' && 'id' in actorRef) actors.push(String(actorRef.id));
  });
  const records: string[] = [];
  const recording = recordEndpoint(endpoint, ({ type }) => records.push(type));
  await world.clock.runUntil(peer.call('idle'));
  inspected.unsubscribe();
  recording.stop();
  t.same(heard, ['idle']);
  t.ok(actors.includes('socket') && actors.some((id) => id.startsWith('handler')));
  t.ok(records.includes('endpoint') && records.includes('handler'));
}
