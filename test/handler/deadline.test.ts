/**
 * How long a procedure may run: as long as its caller waits, and no longer than the endpoint
 * allows.
 */
import t from 'tap';
import { CallerCancelledError, HandlerTimedOutError } from '../../src/errors.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { requestHeaderMap, stampRequest } from '../../src/wire/header-map.js';
import { bodyOf, frame, idOf, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** A server whose procedure ends when the test decides, and the scopes that the procedure got. */
async function holding(world: World, options: EndpointOptions = {}) {
  const scopes: HandlerScope[] = [];
  const ends: ((value: unknown) => void)[] = [];
  const server = await world.endpoint({
    ...options,
    handlers: {
      hold: (scope: HandlerScope) => {
        scopes.push(scope);
        return new Promise((resolve) => ends.push(resolve));
      },
    },
  });
  const endings: string[] = [];
  server.on('request.settled', ({ ending }) => endings.push(ending));
  return { server, scopes, ends, endings };
}

/** A request as an rpcudp endpoint would send it, with this much time left. */
function stamped(id: number, remainingMs: number, attempt = 1): Buffer {
  const datagram = withHeaderMap(request(id, 'hold'), requestHeaderMap('the trace'));
  stampRequest(datagram, datagram.length, attempt, remainingMs);
  return datagram;
}

t.test(
  'a scope has the attempt, the trace context and the remaining time',
  inWorld(async (t, world) => {
    const { server, scopes } = await holding(world, { handlerTimeoutMs: 3_000 });
    const raw = await world.raw();
    raw.send(stamped(1, 2_000, 3), server.address);
    raw.send(stamped(2, 60_000), server.address);
    raw.send(request(3, 'hold'), server.address);
    await world.settle();
    t.match(scopes, [
      { attempt: 3, traceparent: 'the trace', remainingMs: 2_000 },
      { attempt: 1, traceparent: 'the trace', remainingMs: 3_000 },
      { attempt: 1, traceparent: undefined, remainingMs: 3_000 },
    ]);
    await world.clock.advance(1_500);
    t.strictSame(
      scopes.map(({ remainingMs }) => remainingMs),
      [500, 1_500, 1_500],
    );
    await world.clock.advance(60_000);
    t.strictSame(
      scopes.map(({ remainingMs }) => remainingMs),
      [0, 0, 0],
    );
    world.errors.length = 0;
  }),
);

t.test(
  'at the deadline the signal aborts and the caller is told, but the slot is held to the end',
  inWorld(async (t, world) => {
    const { server, scopes, ends, endings } = await holding(world, {
      handlerTimeoutMs: 1_000,
      maxRunningHandlers: 1,
    });
    const client = await world.endpoint({ timeoutMs: 60_000, attempts: 1 });
    const call = client.peer(server.address).call('hold');
    await world.settle();
    const signal = scopes[0]?.signal;
    await world.clock.advance(998);
    t.match(server.stats(), { runningNow: 1 });
    t.equal(signal?.aborted, false);
    const outcome = await world.clock.runUntil(call);
    t.match(outcome, {
      state: 'rejected',
      executed: 'maybe',
      error: {
        code: 'handlerTimedOut',
        message: "The procedure had not ended after 1000 ms, the endpoint's deadline",
      },
    });
    t.match(server.stats(), { runningNow: 0, overrunNow: 1, requests: { timedOut: 1 } });
    t.type(signal?.reason, HandlerTimedOutError);
    t.strictSame(endings, ['timedOut']);
    t.match(world.errors.splice(0), [{ name: 'HandlerFailedError' }]);
    const refused = await world.clock.runUntil(client.peer(server.address).call('hold'));
    t.match(refused, { state: 'rejected', error: { code: 'overloaded' } });
    t.match(server.stats(), { discardedResults: 0 });
    const sentBefore = server.stats().sent;
    ends[0]?.('too late');
    await world.settle();
    t.match(server.stats(), { sent: sentBefore, discardedResults: 1, requests: { replied: 0 } });
    t.match(server.stats(), { overrunNow: 0 });
    const second = client.peer(server.address).call('hold');
    await world.settle();
    t.equal(scopes.length, 2, 'there is room for another');
    ends[1]?.('in time');
    t.match(await world.clock.runUntil(second), { value: 'in time' });
  }),
);

t.test(
  "the caller's remaining time counts, and the caller is told nothing, because its own time-out comes too",
  inWorld(async (t, world) => {
    const { server, scopes, endings } = await holding(world);
    const raw = await world.raw();
    raw.send(stamped(1, 300), server.address);
    await world.settle();
    await world.clock.advance(299);
    t.strictSame(endings, []);
    await world.clock.advance(1);
    t.strictSame(endings, ['timedOut']);
    t.equal(scopes[0]?.signal.aborted, true);
    await world.settle();
    t.strictSame(raw.types, []);
    world.errors.length = 0;
  }),
);

t.test(
  'a request whose deadline has passed is not run',
  inWorld(async (t, world) => {
    const { server, scopes } = await holding(world);
    const raw = await world.raw();
    raw.send(stamped(1, 0), server.address);
    await world.settle();
    t.equal(scopes.length, 0);
    t.strictSame(raw.types, ['error']);
    t.match(server.stats(), {
      fates: { 'request.refused.deadlinePassed': 1 },
      requests: { deadlinePassed: 1 },
    });
  }),
);

t.test(
  'a deadline that is not a number does no harm',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        fails: async () => {
          await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 10));
          throw new Error('later');
        },
      },
    });
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    t.teardown(() => process.off('unhandledRejection', listen));
    const raw = await world.raw();
    const nan = Buffer.from('82000102cb7ff8000000000000', 'hex');
    raw.send(withHeaderMap(request(1, 'fails'), nan), server.address);
    await world.settle();
    await world.clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
    t.strictSame(unhandled, []);
    t.match(world.errors.splice(0), [{ cause: { message: 'later' } }]);
    t.match(server.stats(), { runningNow: 0, unreadableHeaders: 1, requests: { failed: 1 } });
  }),
);

t.test(
  'a procedure that has not ended is reported once, however often its request is repeated',
  inWorld(async (t, world) => {
    const { server } = await holding(world, { handlerTimeoutMs: 100 });
    const raw = await world.raw();
    const datagram = withHeaderMap(request(1, 'hold'));
    raw.send(datagram, server.address);
    await world.clock.advance(200);
    for (let copy = 0; copy < 3; copy++) raw.send(datagram, server.address);
    raw.send(withHeaderMap(request(1, 'hold', 'another body')), server.address);
    await world.settle();
    t.match(server.stats().requests, { timedOut: 1, replayed: 3, conflict: 1 });
    t.strictSame(raw.types, ['error', 'error', 'error', 'error']);
    t.equal(world.errors.splice(0).length, 1);
  }),
);

t.test(
  "when the caller's own deadline passes, the procedure has not failed",
  inWorld(async (t, world) => {
    const { server, endings } = await holding(world, { handlerTimeoutMs: 1_000 });
    const raw = await world.raw();
    raw.send(stamped(1, 300), server.address);
    await world.clock.advance(1_000);
    t.strictSame(endings, ['timedOut']);
    t.strictSame(world.errors, []);
  }),
);

t.test(
  'a synchronous procedure has no deadline, because nothing can interrupt it',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlerTimeoutMs: 10,
      handlers: {
        busy: () => {
          world.clock.stall(50);
          return 'done';
        },
      },
    });
    const client = await world.endpoint();
    t.match(await world.clock.runUntil(client.peer(server.address).call('busy')), {
      value: 'done',
    });
    t.match(server.stats(), { requests: { replied: 1, timedOut: 0 } });
  }),
);

t.test(
  'a caller that cancels its call aborts the signal, and gets no reply',
  inWorld(async (t, world) => {
    const { server, scopes, ends, endings } = await holding(world);
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    const first = peer.call('hold');
    await world.settle();
    ends[0]?.('so that it is known');
    await world.clock.runUntil(first);
    const call = peer.call('hold');
    await world.settle();
    const early = scopes[1]?.signal;
    const sentBefore = server.stats().sent;
    call.cancel('enough');
    await world.settle();
    t.equal(early?.aborted, true);
    t.type(early?.reason, CallerCancelledError);
    t.match(server.stats(), { fates: { 'cancel.delivered': 1 }, runningNow: 1 });
    t.strictSame(endings, ['replied'], 'the procedure still runs');
    ends[1]?.('nobody cares');
    await world.settle();
    t.strictSame(endings, ['replied', 'cancelled']);
    t.match(server.stats(), { sent: sentBefore, runningNow: 0, requests: { cancelled: 1 } });
    t.match(client.stats().fates, { 'response.late': 0, 'response.matched': 1 });
  }),
);

t.test(
  'a cancelled procedure that fails or does not end is not a failure',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlerTimeoutMs: 500,
      handlers: {
        obedient: ({ signal }: HandlerScope) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
          }),
        deaf: () => new Promise(() => undefined),
      },
    });
    const raw = await world.raw();
    for (const [id, procedure] of ['obedient', 'deaf'].entries()) {
      raw.send(withHeaderMap(request(id, procedure)), server.address);
    }
    await world.settle();
    for (const id of [0, 1]) raw.send(frame('cancel', Buffer.alloc(20, id), null), server.address);
    await world.settle();
    t.match(server.stats(), { runningNow: 1, requests: { cancelled: 1 } });
    await world.clock.advance(500);
    t.match(server.stats(), { runningNow: 0, requests: { cancelled: 2, failed: 0, timedOut: 0 } });
    t.strictSame(raw.received, []);
    t.strictSame(world.errors, []);
  }),
);

t.test(
  'a cancel of a request that is not running or not known is an orphan',
  inWorld(async (t, world) => {
    const { server, ends } = await holding(world);
    const [raw, other] = [await world.raw(), await world.raw()];
    const datagram = withHeaderMap(request(1, 'hold'));
    const cancel = withHeaderMap(frame('cancel', idOf(datagram), null));
    raw.send(cancel, server.address);
    await world.settle();
    t.match(server.stats(), { fates: { 'cancel.orphan': 1 }, peersNow: 0 });
    raw.send(datagram, server.address);
    other.send(cancel, server.address);
    await world.settle();
    t.match(server.stats().fates, { 'cancel.orphan': 2, 'cancel.delivered': 0 });
    ends[0]?.(1);
    await world.settle();
    raw.send(cancel, server.address);
    await world.settle();
    t.match(server.stats().fates, { 'cancel.orphan': 3, 'cancel.delivered': 0 });
    t.strictSame(raw.types, ['response']);
  }),
);

t.test(
  "what is not sent when the caller's own deadline passes is remembered for repetitions",
  inWorld(async (t, world) => {
    const { server, scopes } = await holding(world);
    const raw = await world.raw();
    raw.send(stamped(1, 300), server.address);
    await world.clock.advance(400);
    await world.settle();
    t.strictSame(raw.types, []);
    raw.send(stamped(1, 1_000, 2), server.address);
    await world.settle();
    t.match(
      raw.received.map(({ datagram }) => bodyOf(datagram)),
      [['handlerTimedOut', "The procedure had not ended after 300 ms, its caller's deadline"]],
    );
    t.equal(scopes.length, 1);
    t.match(server.stats().requests, { timedOut: 1, replayed: 1 });
  }),
);
