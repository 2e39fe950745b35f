/** Draining: new requests are refused, procedures end, calls go on. */
import t from 'tap';
import { recordEndpoint } from '../../src/inspector/recorder/recorder.js';
import type { InspectionRecord } from '../../src/inspector/record.js';
import { request } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** A server with a procedure that ends when `finish` is called, and one that ends at once. */
async function serving(world: World) {
  const held: ((value: string) => void)[] = [];
  const server = await world.endpoint({
    handlers: {
      slow: () => new Promise<string>((resolve) => held.push(resolve)),
      quick: () => 'quick',
    },
  });
  const finish = (value: string): void => {
    for (const resolve of held.splice(0)) resolve(value);
  };
  return { server, finish };
}

/** Whether a promise has settled by now. */
function watch(promise: Promise<unknown>): { settled: boolean } {
  const seen = { settled: false };
  void promise.then(() => (seen.settled = true));
  return seen;
}

t.test(
  'a drained endpoint refuses new requests, lets procedures end, and resolves when none runs',
  inWorld(async (t, world) => {
    const { server, finish } = await serving(world);
    const client = await world.endpoint({ handlers: { back: () => 'called back' } });
    const peer = client.peer(server.address);
    const call = peer.call('slow');
    await world.settle();
    t.equal(server.stats().state, 'open');
    const drained = server.drain();
    const seen = watch(drained);
    t.equal(server.drain(), drained, 'a second call gives the same promise');
    t.equal(server.stats().state, 'draining');

    const refused = await world.clock.runUntil(peer.call('quick'));
    const error = { code: 'closing', message: 'the endpoint takes no new requests' };
    t.match(refused, { state: 'rejected', executed: 'no', error });
    t.equal(peer.health, 'responsive');
    t.equal(server.peer(client.address).health, 'responsive');
    const back = server.peer(client.address).call('back');
    t.match(await world.clock.runUntil(back), { state: 'resolved', value: 'called back' });
    t.equal(seen.settled, false, 'a procedure still runs');

    finish('made it');
    await world.clock.runUntil(drained);
    t.match(server.stats(), { state: 'draining', runningNow: 0, requests: { replied: 1 } });
    t.equal(server.stats().attempted, server.stats().sent, 'the reply has left');
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'made it' });

    const again = server.peer(client.address).call('back');
    t.match(await world.clock.runUntil(again), { value: 'called back' }, 'it still calls');
    t.match(await world.clock.runUntil(peer.call('quick')), { error }, 'but serves no more');
    await server.close();
    t.equal(server.stats().state, 'closed');
  }),
);

t.test(
  'it resolves when the last replies have left, also those that share a datagram',
  inWorld(async (t, world) => {
    const { server, finish } = await serving(world);
    const client = await world.endpoint({ handlers: { back: () => 'called back' } });
    // An endpoint that is known to be one gets bundles.
    await world.clock.runUntil(server.peer(client.address).call('back'));
    const peer = client.peer(server.address);
    const calls = Array.from({ length: 4 }, () => peer.call('slow'));
    await world.settle();
    const { framesAttempted } = server.stats();
    const left = server.drain().then(() => server.stats().framesAttempted - framesAttempted);
    finish('made it');
    t.equal(await world.clock.runUntil(left), 4);
    for (const call of calls) t.match(await world.clock.runUntil(call), { value: 'made it' });
  }),
);

t.test(
  'a request that was taken before is answered again while the endpoint drains',
  inWorld(async (t, world) => {
    const { server } = await serving(world);
    const raw = await world.raw();
    raw.send(request(1, 'quick'), server.address);
    await world.settle();
    await world.clock.runUntil(server.drain());
    raw.send(request(1, 'quick'), server.address);
    raw.send(request(2, 'quick'), server.address);
    await world.settle();
    t.same(raw.types, ['response', 'response'], 'an old peer hears nothing of a refusal');
    t.match(server.stats().requests, { replied: 1, replayed: 1, closing: 1 });
  }),
);

t.test(
  'draining takes no longer than a procedure may run',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlerTimeoutMs: 800,
      handlers: { hang: () => new Promise<never>(() => undefined) },
    });
    const client = await world.endpoint();
    const call = client.peer(server.address).call('hang');
    await world.settle();
    const startedMs = world.clock.nowMs();
    await world.clock.runUntil(server.drain());
    t.equal(world.clock.nowMs() - startedMs, 800);
    t.match(await world.clock.runUntil(call), { error: { code: 'handlerTimedOut' } });
    t.match(world.errors.splice(0), [{ code: 'ERR_RPCUDP_HANDLER_FAILED' }]);
  }),
);

t.test(
  'an endpoint where nothing runs is drained at the end of the turn',
  inWorld(async (t, world) => {
    const { server } = await serving(world);
    const startedMs = world.clock.nowMs();
    await world.clock.runUntil(server.drain());
    t.equal(world.clock.nowMs(), startedMs);
    t.equal(server.stats().state, 'draining');
  }),
);

t.test(
  'closing ends the draining, within its grace, and a closed endpoint is drained',
  inWorld(async (t, world) => {
    const { server } = await serving(world);
    const client = await world.endpoint();
    const call = client.peer(server.address).call('slow');
    await world.settle();
    const drained = server.drain();
    const seen = watch(drained);
    const closed = server.close({ graceMs: 300 });
    await world.clock.advance(299);
    t.equal(seen.settled, false);
    await world.clock.runUntil(Promise.all([drained, closed]));
    t.match(await world.clock.runUntil(call), { error: { code: 'handlerFailed' } });

    const { server: other } = await serving(world);
    const closing = other.close();
    await world.clock.runUntil(Promise.all([other.drain(), closing]));
    await other.drain();
    t.equal(other.stats().state, 'closed');
  }),
);

t.test(
  'a procedure may drain its endpoint, and an endpoint that drains is disposed of like any other',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        stop: ({ endpoint }) => {
          void endpoint.drain();
          return 'stopping';
        },
      },
    });
    const client = await world.endpoint();
    const outcome = await world.clock.runUntil(client.peer(server.address).call('stop'));
    t.match(outcome, { state: 'resolved', value: 'stopping' });
    await world.clock.runUntil(server.drain());
    await server[Symbol.asyncDispose]();
    t.equal(server.stats().state, 'closed');
  }),
);

t.test(
  'inspectors and recorders see that an endpoint drains and closes',
  inWorld(async (t, world) => {
    const states: unknown[] = [];
    const server = await world.endpoint({
      handlers: { hang: () => new Promise<never>(() => undefined) },
      inspect: (event) => {
        if (event.type !== '@xstate.snapshot' || !('id' in event.actorRef)) return;
        const { id } = event.actorRef;
        if (id === 'endpoint') states.push((event.snapshot as { value?: unknown }).value);
      },
    });
    const client = await world.endpoint();
    const records: InspectionRecord[] = [];
    recordEndpoint(server, (record) => records.push(record));
    client.peer(server.address).call('hang');
    await world.clock.advance(300);
    void server.drain();
    await world.clock.advance(300);
    await world.clock.runUntil(server.close({ graceMs: 600 }));
    t.same([...new Set(states)], ['opening', 'open', 'draining', 'closing', 'closed']);
    const told = records.flatMap((record) =>
      record.type === 'counts' ? [record.stats.state] : [],
    );
    t.same([...new Set(told)], ['open', 'draining', 'closing', 'closed']);
  }),
);
