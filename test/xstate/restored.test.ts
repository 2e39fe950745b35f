/** Machines that are persisted while they wait for a call, and restored in another process. */
import t from 'tap';
import { assign, createActor, setup, toPromise } from 'xstate';
import type { Snapshot } from 'xstate';
import type { AnyEndpoint } from '../../src/api/endpoint.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { defineContract } from '../../src/contract/contract.js';
import type { AnyContract } from '../../src/contract/contract.js';
import type { CallHeaders } from '../../src/wire/headers.js';
import { actorsOf } from '../../src/xstate/actors-of.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

const ARGS = [new Uint8Array([0, 255]), new Date(5), 2n ** 60n] as const;

/** A machine of a user that asks once, and keeps what its call ended with. */
function asker(endpoint: AnyEndpoint, contract?: AnyContract, headers?: CallHeaders) {
  const remote =
    contract === undefined ? actorsOf(endpoint) : actorsOf(endpoint, contract as never);
  return setup({
    types: {
      input: {} as { address: string; timeoutMs: number },
      context: {} as { address: string; timeoutMs: number; result: unknown },
    },
    actors: { ask: remote.outcome('ask') },
  }).createMachine({
    context: ({ input }) => ({ ...input, result: undefined }),
    initial: 'asking',
    states: {
      asking: {
        invoke: {
          src: 'ask',
          input: ({ context: { address, timeoutMs } }) => ({
            ...{ address, timeoutMs, args: ARGS, headers },
          }),
          onDone: { target: 'done', actions: assign({ result: ({ event }) => event.output }) },
          onError: { target: 'done', actions: assign({ result: ({ event }) => event.error }) },
        },
      },
      done: { type: 'final' },
    },
    output: ({ context }) => context.result,
  });
}

const CLIENT = '10.0.7.7';

/** A client that dies without a farewell. */
async function client(world: World, port = 1000, options: EndpointOptions = {}) {
  const transport = world.network.transport(CLIENT, port);
  const endpoint = await world.endpoint({ ...options, host: CLIENT, transport });
  return { endpoint, kill: () => transport.close() };
}

/** A server whose procedure runs for a time, and counts its runs. */
async function server(world: World, runsForMs = 300) {
  const given: unknown[][] = [];
  const endpoint = await world.endpoint({
    handlers: {
      hello: () => 'hello',
      ask: async (_: HandlerScope, ...args: unknown[]) => {
        given.push(args);
        await new Promise<void>((resolve) => world.clock.setTimeout(resolve, runsForMs));
        return `run ${given.length}`;
      },
    },
  });
  const { host, port } = endpoint.address;
  return { endpoint, given, address: `${host}:${port}` };
}

interface Lives {
  /** Whether the client knows the peer when it asks. */
  readonly known?: boolean;
  readonly timeoutMs?: number;
  readonly persistedAfterMs?: number;
  readonly killedAfterMs?: number;
  readonly downForMs?: number;
  readonly port?: number;
  readonly contract?: AnyContract;
  readonly headers?: CallHeaders;
  /** What happens to the file. */
  readonly damage?: (call: Record<string, unknown>) => void;
}

/** Asks in one life, and goes on in the next. Gives what the machine ended with. */
async function lifeAfterLife(world: World, address: string, lives: Lives = {}) {
  const { known = true, timeoutMs = 5_000, persistedAfterMs = 50, killedAfterMs = 50 } = lives;
  const first = await client(world);
  if (known) await world.clock.runUntil(first.endpoint.peer(address).call('hello'));
  const machine = asker(first.endpoint, lives.contract, lives.headers);
  const actor = createActor(machine, { input: { address, timeoutMs } }).start();
  await world.clock.advance(persistedAfterMs);
  const file = JSON.stringify(actor.getPersistedSnapshot());
  await world.clock.advance(killedAfterMs);
  await first.kill();
  await world.clock.advance(lives.downForMs ?? 100);
  const snapshot = JSON.parse(file) as { children: Record<string, { snapshot: { call: never } }> };
  for (const child of Object.values(snapshot.children)) lives.damage?.(child.snapshot.call);
  const second = await client(world, lives.port);
  const result = await world.clock.runUntil(restored(second.endpoint, snapshot, lives.contract));
  return { endpoint: second.endpoint, result, file };
}

function restored(endpoint: AnyEndpoint, snapshot: object, contract?: AnyContract) {
  const machine = asker(endpoint, contract);
  const input = { address: '', timeoutMs: 0 };
  const actor = createActor(machine, { input, snapshot: snapshot as Snapshot<unknown> });
  return toPromise(actor.start());
}

const NOT_ASKED = { state: 'timedOut', executed: 'maybe', verdict: 'notAskedAgain' } as const;

t.test(
  'it asks again under the same id, and the procedure runs once, with what it was given',
  inWorld(async (t, world) => {
    const { given, address } = await server(world, 400);
    const { result } = await lifeAfterLife(world, address);
    t.match(result, { state: 'resolved', value: 'run 1', attempts: 2 });
    t.strictSame(given, [[...ARGS]]);
  }),
);

const HEADERS = { token: 'abc', key: Uint8Array.of(0, 255) };

t.test(
  'it asks again with the headers of its call, binaries included',
  inWorld(async (t, world) => {
    const got: CallHeaders[] = [];
    const { host, port } = await listening(world, got);
    // The first life sends it into the void.
    world.network.partitionOneWay(CLIENT, host);
    const lives = { known: false, persistedAfterMs: 0, downForMs: 10, headers: HEADERS };
    const life = lifeAfterLife(world, `${host}:${port}`, lives);
    world.clock.setTimeout(() => {
      world.network.heal(CLIENT, host);
    }, 105);
    const { result, file } = await life;
    t.match(result, { state: 'resolved', value: 'heard' });
    t.strictSame({ ...got[0] }, HEADERS);
    t.match(file, '"headers":"gqV0b2tlbqNhYmOja2V5xAIA/w=="');
  }),
);

async function listening(world: World, got: CallHeaders[]) {
  const { address } = await world.endpoint({
    handlers: {
      hello: () => 'hello',
      ask: ({ headers }) => {
        got.push(headers);
        return 'heard';
      },
    },
  });
  return address;
}

t.test(
  'it asks again when the procedure has ended meanwhile, and its reply is lost',
  inWorld(async (t, world) => {
    const { endpoint, given, address } = await server(world, 150);
    const { result } = await lifeAfterLife(world, address, { downForMs: 2_000 });
    t.match(result, { state: 'resolved', value: 'run 1', attempts: 2 });
    t.equal(given.length, 1);
    t.equal(endpoint.stats().requests.replayed, 1);
  }),
);

t.test(
  'whether an unknown peer may be asked again is found out first',
  inWorld(async (t, world) => {
    const { given, address } = await server(world, 50);
    const { result } = await lifeAfterLife(world, address, { known: false, persistedAfterMs: 0 });
    t.match(result, { state: 'resolved', value: 'run 1', attempts: 2 });
    t.equal(given.length, 1);
  }),
);

t.test(
  'from another port it is not asked again, because the peer would not know it',
  inWorld(async (t, world) => {
    const { endpoint, given, address } = await server(world, 400);
    const { result } = await lifeAfterLife(world, address, { port: 1001 });
    t.match(result, { ...NOT_ASKED, attempts: 1, timeoutMs: 5_000 });
    t.equal(world.clock.nowMs() < 1_000, true, 'it ends at once');
    t.equal(given.length, 1);
    t.equal(endpoint.stats().fates['request.duplicate'], 0);
  }),
);

const LONG = { timeoutMs: 60_000 };

for (const [sinceMs, asked] of [
  [20_000, true],
  [20_001, false],
] as const) {
  t.test(
    `${sinceMs} ms after it was first sent, it is ${asked ? '' : 'not '}asked again`,
    inWorld(async (t, world) => {
      const { given, address } = await server(world, 200);
      const { result } = await lifeAfterLife(world, address, {
        ...LONG,
        downForMs: sinceMs - 100,
      });
      if (asked) t.match(result, { state: 'resolved', value: 'run 1' });
      else t.match(result, NOT_ASKED);
      t.equal(given.length, 1);
    }),
  );
}

t.test(
  'what is not asked again waits for the answer to what was sent, until its deadline',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const file = await waiting(world, '10.0.0.1:2000', 60_000);
    await world.clock.advance(30_000);
    const { endpoint } = await client(world);
    const first = restored(endpoint, file);
    await world.clock.advance(1_000);
    raw.answer(0, 'at last');
    t.match(await world.clock.runUntil(first), {
      state: 'resolved',
      value: 'at last',
      attempts: 1,
    });
    const second = restored(endpoint, file);
    t.match(await world.clock.runUntil(second), NOT_ASKED);
    t.equal(world.clock.nowMs(), 60_000);
    t.equal(raw.received.length + raw.probes.length, 1);
    t.equal(
      endpoint.peer('10.0.0.1:2000').roundTripMs,
      undefined,
      'nothing is learned of the path',
    );
  }),
);

/** A machine that waits for the answer of a peer that it does not know, as its file. */
async function waiting(world: World, address: string, timeoutMs: number): Promise<object> {
  const { endpoint, kill } = await client(world);
  const actor = createActor(asker(endpoint), { input: { address, timeoutMs } }).start();
  const file = JSON.stringify(actor.getPersistedSnapshot());
  await world.settle();
  await kill();
  return JSON.parse(file) as object;
}

t.test(
  'a peer that answered as Python does is neither asked again nor probed',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const first = await client(world);
    const hello = first.endpoint.peer('10.0.0.1:2000').call('hello');
    await world.settle();
    raw.answer(0, 'hello');
    await world.clock.runUntil(hello);
    const input = { address: '10.0.0.1:2000', timeoutMs: 5_000 };
    const actor = createActor(asker(first.endpoint), { input }).start();
    const file = actor.getPersistedSnapshot();
    await world.settle();
    await first.kill();
    const { endpoint } = await client(world);
    t.match(await world.clock.runUntil(restored(endpoint, file)), NOT_ASKED);
    t.strictSame(raw.asked, ['hello', 'ask']);
    t.equal(raw.probes.filter(({ from }) => from.host === CLIENT).length, 0);
  }),
);

for (const [what, ms] of [
  ['back', -60_000],
  ['forward by 21 s', 21_000],
] as const) {
  t.test(
    `when the clock was set ${what} meanwhile, it is not asked again`,
    inWorld(async (t, world) => {
      const { given, address } = await server(world, 200);
      const lives = lifeAfterLife(world, address, { ...LONG, downForMs: 1_000 });
      world.clock.setTimeout(() => {
        world.clock.jumpWall(ms);
      }, 600);
      t.match(await lives, { result: NOT_ASKED });
      t.equal(given.length, 1);
    }),
  );
}

t.test(
  'an idempotent procedure is asked again, from another port and later as well',
  inWorld(async (t, world) => {
    const contract = defineContract({ ask: { idempotent: true } });
    const { given, address } = await server(world, 200);
    const lives = { ...LONG, contract, downForMs: 30_000, port: 1001 };
    const { result } = await lifeAfterLife(world, address, lives);
    t.match(result, { state: 'resolved', value: 'run 2', attempts: 2 });
    t.equal(given.length, 2);
  }),
);

t.test(
  'its time is over at the deadline that it had, by the time of day',
  inWorld(async (t, world) => {
    await world.raw();
    const file = await waiting(world, '10.0.0.1:2000', 5_000);
    await world.clock.advance(1_000);
    const { endpoint } = await client(world);
    const result = await world.clock.runUntil(restored(endpoint, file));
    t.match(result, { ...NOT_ASKED, timeoutMs: 5_000 });
    t.equal(world.clock.nowMs(), 5_000);
  }),
);

t.test(
  'restored after its deadline, it ends at once',
  inWorld(async (t, world) => {
    const { given, address } = await server(world, 200);
    const { result } = await lifeAfterLife(world, address, { timeoutMs: 500, downForMs: 800 });
    t.match(result, NOT_ASKED);
    t.ok(world.clock.nowMs() < 1_000);
    t.equal(given.length, 1);
  }),
);

t.test(
  'a call that waited in the mailbox when it was persisted, and was sent later, runs once',
  inWorld(async (t, world) => {
    const { given, address } = await server(world, 200);
    const first = await client(world, 1000, { window: 1 });
    const peer = first.endpoint.peer(address);
    await world.clock.runUntil(peer.call('hello'));
    const before = peer.call('ask');
    const input = { address, timeoutMs: 5_000 };
    const actor = createActor(asker(first.endpoint), { input }).start();
    const file = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as object;
    t.equal(peer.queued, 1);
    await world.clock.runUntil(before);
    await world.clock.advance(100);
    t.equal(given.length, 2);
    await first.kill();
    const { endpoint } = await client(world);
    t.match(await world.clock.runUntil(restored(endpoint, file)), { state: 'resolved' });
    t.equal(given.length, 2);
  }),
);

t.test(
  'it can be persisted and restored again, and counts all attempts that it knows of',
  inWorld(async (t, world) => {
    const { given, address } = await server(world, 3_000);
    let file: object = await waiting(world, address, 10_000);
    for (let life = 2; life <= 4; life += 1) {
      const { endpoint, kill } = await client(world);
      const input = { address, timeoutMs: 0 };
      const snapshot = file as Snapshot<unknown>;
      const actor = createActor(asker(endpoint), { input, snapshot }).start();
      file = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as object;
      if (life < 4) await kill();
      else {
        const result = await world.clock.runUntil(toPromise(actor));
        t.match(result, { state: 'resolved', value: 'run 1' });
      }
    }
    t.equal(given.length, 1);
  }),
);

t.test(
  'an actor that was persisted before it was started begins anew, with its arguments whole',
  inWorld(async (t, world) => {
    const { given, address } = await server(world, 10);
    const first = await client(world);
    const actor = createActor(asker(first.endpoint), { input: { address, timeoutMs: 500 } });
    const file = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as object;
    await first.kill();
    await world.clock.advance(60_000);
    const { endpoint } = await client(world, 1001);
    const result = await world.clock.runUntil(restored(endpoint, file));
    t.match(result, { state: 'resolved', value: 'run 1', attempts: 1 });
    t.strictSame(given, [[...ARGS]]);
  }),
);

t.test(
  'a call that had ended is not asked again',
  inWorld(async (t, world) => {
    const { given, address } = await server(world, 10);
    const { endpoint } = await client(world);
    const logic = actorsOf(endpoint).call('ask');
    const ended = createActor(logic, { input: { address, args: [] } }).start();
    t.equal(await world.clock.runUntil(toPromise(ended)), 'run 1');
    const snapshot = JSON.parse(JSON.stringify(ended.getPersistedSnapshot())) as never;
    const actor = createActor(logic, { input: { address, args: [] }, snapshot }).start();
    t.equal(actor.getSnapshot().output, 'run 1');
    await world.clock.advance(10_000);
    t.equal(given.length, 1);
  }),
);

t.test(
  'a refusal is no proof that it was not run: the earlier process may have asked more often',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    raw.native = true;
    const file = await waiting(world, '10.0.0.1:2000', 60_000);
    await world.clock.advance(30_000);
    const { endpoint } = await client(world);
    const result = restored(endpoint, file);
    await world.settle();
    raw.refuse(0, ['overloaded', 'too much']);
    const refused = { state: 'rejected', executed: 'maybe', attempts: 1 };
    t.match(await world.clock.runUntil(result), refused);
  }),
);

t.test(
  'leaving the state cancels a restored call, and the peer is told',
  inWorld(async (t, world) => {
    const { endpoint: served, address } = await server(world, 1_000);
    const file = await waiting(world, address, 5_000);
    const { endpoint } = await client(world);
    const snapshot = file as Snapshot<unknown>;
    const input = { address, timeoutMs: 0 };
    const actor = createActor(asker(endpoint), { input, snapshot }).start();
    await world.settle();
    actor.stop();
    await world.settle();
    t.match(endpoint.stats(), { outcomes: { cancelled: 1 } });
    t.equal(served.stats().fates['cancel.delivered'], 1);
  }),
);

t.test(
  'the answers to all lives are counted: one for each call is taken, and none is an orphan',
  inWorld(async (t, world) => {
    const { address } = await server(world, 1_000);
    const file = await waiting(world, address, 5_000);
    const { endpoint } = await client(world);
    t.match(await world.clock.runUntil(restored(endpoint, file)), { value: 'run 1' });
    const again = restored(endpoint, file);
    t.match(await world.clock.runUntil(again), { value: 'run 1' });
    await world.settle();
    const { fates, outcomes } = endpoint.stats();
    t.equal(fates['response.matched'], 2);
    t.equal(outcomes.resolved, 2);
    t.equal(fates['response.orphan'], 0);
  }),
);

t.test(
  'it is never refused for maxOutstanding, which would say that it was not sent',
  inWorld(async (t, world) => {
    const { address } = await server(world, 1_000);
    const file = await waiting(world, address, 5_000);
    const { endpoint } = await client(world, 1000, { maxOutstanding: 1 });
    const other = endpoint.peer(address).call('ask');
    t.match(await world.clock.runUntil(restored(endpoint, file)), { state: 'resolved' });
    await world.clock.runUntil(other);
  }),
);

t.test(
  'on a closed endpoint, its error says so',
  inWorld(async (t, world) => {
    const { address } = await server(world, 1_000);
    const file = await waiting(world, address, 5_000);
    const { endpoint } = await client(world);
    const machine = asker(endpoint);
    await world.clock.runUntil(endpoint.close());
    const snapshot = file as Snapshot<unknown>;
    const actor = createActor(machine, { input: { address, timeoutMs: 0 }, snapshot }).start();
    t.match(await toPromise(actor), { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' });
  }),
);
