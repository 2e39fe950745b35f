import t from 'tap';
import { assign, createActor, sendTo, setup, stopChild, toPromise, waitFor } from 'xstate';
import { CallError } from '../../src/api/outcome.js';
import type { Endpoint } from '../../src/api/endpoint.js';
import { actorsOf } from '../../src/xstate/actors-of.js';
import type { PeerHealth } from '../../src/api/health.js';
import type { HandlerScope } from '../../src/api/scope.js';
import type { CallReport } from '../../src/api/call-report.js';
import type { Peer, PeerReport } from '../../src/api/peer.js';
import { inWorld, type World } from '../fixtures/world.js';

type Api = {
  readonly greet: (scope: HandlerScope, name: string) => string;
};

const remote = actorsOf<Api>();

/** A machine of a user that greets once. */
const greeter = setup({
  types: {
    input: {} as { peer: Peer<Api>; timeoutMs?: number },
    context: {} as { peer: Peer<Api>; timeoutMs: number; result: unknown },
    events: {} as { type: 'leave' },
  },
  actors: { greet: remote.call('greet') },
}).createMachine({
  context: ({ input }) => ({ peer: input.peer, timeoutMs: input.timeoutMs ?? 100, result: null }),
  initial: 'calling',
  states: {
    calling: {
      invoke: {
        src: 'greet',
        input: ({ context: { peer, timeoutMs } }) => ({ peer, args: ['Snake'], timeoutMs }),
        onDone: { target: 'done', actions: assign({ result: ({ event }) => event.output }) },
        onError: { target: 'done', actions: assign({ result: ({ event }) => event.error }) },
      },
      on: { leave: 'done' },
    },
    done: { type: 'final' },
  },
  output: ({ context }) => context.result,
});

async function pair(world: World) {
  const server = await world.endpoint({
    handlers: { greet: (_: HandlerScope, name: string) => `Hello ${name}` },
  });
  const client = await world.endpoint();
  return { server, client, peer: client.peer<Api>(server.address) };
}

t.test(
  "the output of an invoked call is the procedure's result",
  inWorld(async (t, world) => {
    const { peer } = await pair(world);
    const actor = createActor(greeter, { input: { peer } }).start();
    t.equal(await world.clock.runUntil(toPromise(actor)), 'Hello Snake');
  }),
);

t.test(
  'every outcome except resolved is an error that has the outcome',
  inWorld(async (t, world) => {
    const { client } = await pair(world);
    const input = { peer: client.peer<Api>('10.0.9.9:1'), timeoutMs: 70 };
    const actor = createActor(greeter, { input }).start();
    const error = await world.clock.runUntil(toPromise(actor));
    t.type(error, CallError);
    t.match(error, { outcome: { state: 'timedOut', timeoutMs: 70 } });
  }),
);

t.test(
  'a mistake in a call is an error too',
  inWorld(async (t, world) => {
    const { client, peer } = await pair(world);
    const input = { peer, timeoutMs: -1 };
    const wrong = createActor(greeter, { input }).start();
    t.match(await toPromise(wrong), { code: 'ERR_RPCUDP_OPTION' });
    await client.close();
    const late = createActor(greeter, { input: { peer } }).start();
    t.match(await toPromise(late), { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' });
  }),
);

t.test(
  'leaving the state cancels the call',
  inWorld(async (t, world) => {
    const { client, peer } = await pair(world);
    const reasons: unknown[] = [];
    peer.on('call.cancelled', ({ outcome }) => reasons.push(outcome.executed));
    const actor = createActor(greeter, { input: { peer } }).start();
    actor.send({ type: 'leave' });
    t.strictSame(reasons, ['maybe']);
    await world.settle();
    t.match(client.stats(), { outcomes: { cancelled: 1 }, fates: { 'response.late': 1 } });
  }),
);

/** A machine of a user that spawns a peer and keeps its reports. */
const owner = setup({
  types: {
    input: {} as { endpoint: Endpoint; address: string },
    context: {} as { endpoint: Endpoint; reports: readonly CallReport[] },
    events: {} as PeerReport<Api> | { type: 'greet'; name: string } | { type: 'drop' },
  },
  actors: { server: remote.peer },
}).createMachine({
  context: ({ input, spawn }) => {
    spawn('server', { id: 'server', input });
    return { endpoint: input.endpoint, reports: [] };
  },
  on: {
    greet: {
      actions: sendTo('server', ({ event }) => ({
        type: 'call',
        procedure: 'greet',
        args: [event.name],
        reference: event.name,
        timeoutMs: 100,
      })),
    },
    'call.*': {
      actions: assign({ reports: ({ context, event }) => [...context.reports, event] }),
    },
    drop: { actions: stopChild('server') },
  },
});

t.test(
  'a spawned peer takes commands, and reports to its parent',
  inWorld(async (t, world) => {
    const { server, client } = await pair(world);
    const address = `${server.address.host}:${server.address.port}`;
    const input = { endpoint: client, address };
    const actor = createActor(owner, { input }).start();
    actor.send({ type: 'greet', name: 'Snake' });
    actor.send({ type: 'greet', name: 'Meryl' });
    const both = waitFor(actor, ({ context }) => context.reports.length === 2);
    const { context } = await world.clock.runUntil(both);
    t.match(context.reports, [
      { type: 'call.resolved', reference: 'Snake', outcome: { value: 'Hello Snake' } },
      { type: 'call.resolved', reference: 'Meryl', outcome: { value: 'Hello Meryl' } },
    ]);
    actor.stop();
  }),
);

t.test(
  'a spawned peer reports late and lost answers',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ lingerMs: 50 });
    const input = { endpoint: client, address: '10.0.0.1:2000' };
    const actor = createActor(owner, { input }).start();
    actor.send({ type: 'greet', name: 'Snake' });
    actor.send({ type: 'greet', name: 'Meryl' });
    await world.clock.advance(120);
    raw.answer(0, 'late');
    await world.clock.advance(100);
    t.strictSame(
      actor.getSnapshot().context.reports.map(({ type, reference }) => [type, reference]),
      [
        ['call.timedOut', 'Snake'],
        ['call.timedOut', 'Meryl'],
        ['call.late', 'Snake'],
        ['call.lost', 'Meryl'],
      ],
    );
    actor.stop();
  }),
);

t.test(
  'a spawned peer that is stopped cancels its own calls only, and reports nothing more',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const other = client.peer(raw.address).call('other');
    const input = { endpoint: client, address: '10.0.0.1:2000' };
    const actor = createActor(owner, { input }).start();
    actor.send({ type: 'greet', name: 'Snake' });
    actor.send({ type: 'drop' });
    await world.settle();
    t.equal(client.stats().outcomes.cancelled, 1);
    t.equal(other.state, 'awaiting');
    t.strictSame(actor.getSnapshot().context.reports, []);
    t.equal(actor.getSnapshot().status, 'active');
    actor.stop();
  }),
);

/** A machine of a user that spawns a peer and hears of its health. */
const watcher = setup({
  types: {
    input: {} as { endpoint: Endpoint; address: string },
    context: {} as { heard: readonly string[] },
    events: {} as PeerReport<Api> | { type: 'greet' } | { type: 'drop' },
  },
  actors: { server: remote.peer },
}).createMachine({
  context: ({ input, spawn }) => {
    spawn('server', { id: 'server', input });
    return { heard: [] };
  },
  on: {
    greet: {
      actions: sendTo('server', {
        type: 'call',
        procedure: 'greet',
        args: ['Snake'],
        timeoutMs: 100,
      }),
    },
    'peer.*': {
      actions: assign({
        heard: ({ context, event, self }) => {
          const { health } = self.getSnapshot().children['server']?.getSnapshot() as {
            health: PeerHealth;
          };
          return [...context.heard, `${event.previous}>${event.type} ${health}`];
        },
      }),
    },
    drop: { actions: stopChild('server') },
  },
});

t.test(
  'a spawned peer has its health in its snapshot, and tells its parent when it changes',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ lingerMs: 50, maxPeers: 1 });
    const input = { endpoint: client, address: '10.0.0.1:2000' };
    const actor = createActor(watcher, { input }).start();
    const { server } = actor.getSnapshot().children;
    const healths: PeerHealth[] = [];
    server?.subscribe(({ health }: { health: PeerHealth }) => healths.push(health));
    const emitted: string[] = [];
    server?.on('peer.silent', ({ type }: { type: string }) => emitted.push(type));
    t.throws(() => client.peer('10.0.9.9:1'), { code: 'ERR_RPCUDP_TOO_MANY_PEERS' });
    for (let time = 0; time < 3; time += 1) {
      actor.send({ type: 'greet' });
      await world.clock.advance(200);
    }
    actor.send({ type: 'greet' });
    await world.settle();
    raw.answer(3, 'hello');
    await world.settle();
    t.strictSame(actor.getSnapshot().context.heard, [
      'unknown>peer.suspect suspect',
      'suspect>peer.silent silent',
      'silent>peer.responsive responsive',
    ]);
    t.strictSame(emitted, ['peer.silent']);
    t.strictSame([...new Set(healths)], ['unknown', 'suspect', 'silent', 'responsive']);
    actor.send({ type: 'drop' });
    client.peer('10.0.9.9:1');
    t.equal(actor.getSnapshot().context.heard.length, 3);
    actor.stop();
  }),
);

t.test(
  'a restored peer has the health of now, and not of when it was persisted',
  inWorld(async (t, world) => {
    const { server, client } = await pair(world);
    const addressed = actorsOf<Api>(client);
    const address = `${server.address.host}:${server.address.port}`;
    await world.clock.runUntil(client.peer<Api>(address).call('greet', ['x']));
    const first = createActor(addressed.peer, { input: { address } }).start();
    t.equal(first.getSnapshot().health, 'responsive');
    const snapshot = { ...first.getPersistedSnapshot(), health: 'silent' } as never;
    first.stop();
    const restored = createActor(addressed.peer, { input: { address }, snapshot }).start();
    t.equal(restored.getSnapshot().health, 'responsive');
    restored.stop();
  }),
);
