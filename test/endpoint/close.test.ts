import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Call } from '../../src/api/call.js';
import { createEndpoint, EndpointSystem } from '../../src/endpoint/endpoint.js';
import { EndpointClosedError } from '../../src/errors.js';
import { TYPE_BYTE } from '../../src/wire/frame-type.js';
import type { FrameType } from '../../src/wire/frame-type.js';
import { idOf } from '../fixtures/raw-peer.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'closing settles a thousand calls, in flight and waiting',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ mailbox: 1_000, initialWindow: 64 });
    const calls = Array.from({ length: 1_000 }, () => client.peer(raw.address).call('x'));
    await world.settle();
    await client.close();
    const outcomes = await Promise.all(calls);
    t.ok(outcomes.every(({ state }) => state === 'cancelled'));
    t.equal(raw.received.length, 64, 'closing sends nothing');
    t.match(client.stats(), { outcomes: { cancelled: 1_000 }, inFlightNow: 0 });
  }),
);

t.test(
  'closing tells rpcudp endpoints which calls are cancelled, and tells others nothing',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ window: 32, mailbox: 1_000, initialWindow: 32 });
    const controller = world.controller();
    const { signal } = controller;
    const peers = [true, true, true, true, false].map(async (native) => {
      const raw = await world.raw();
      raw.native = native;
      const peer = client.peer(raw.address);
      const known = peer.call('known');
      await world.settle();
      raw.answer(0, 1);
      await world.clock.runUntil(known);
      raw.received.length = 0;
      return { native, raw, peer };
    });
    const calls: Call[] = [];
    const all = await Promise.all(peers);
    for (const { peer } of all) {
      for (let n = 0; n < 200; n++) calls.push(peer.call('x', [], { signal }));
    }
    await world.settle();
    t.match(client.stats(), { inFlightNow: 5 * 32, queuedNow: 5 * 168 });
    await client.close();
    t.equal(world.clock.pendingTimers, world.network.stats.inFlight, 'no timer is left');
    t.equal(getEventListeners(signal, 'abort').length, 0);
    const outcomes = await Promise.all(calls);
    t.ok(outcomes.every(({ state }) => state === 'cancelled'));
    t.equal(outcomes.filter(({ attempts }) => attempts === 1).length, 5 * 32);
    await world.settle();
    for (const { native, raw } of all) {
      const sent = (type: FrameType) =>
        raw.received
          .filter(({ datagram }) => datagram[0] === TYPE_BYTE[type])
          .map(({ datagram }) => idOf(datagram).toString('hex'))
          .sort();
      t.equal(sent('request').length, 32);
      t.strictSame(sent('cancel'), native ? sent('request') : []);
      t.equal(raw.received.length, native ? 64 : 32);
    }
  }),
);

t.test('a process whose endpoints are closed ends by itself', async (t) => {
  const script = fileURLToPath(new URL('./closing-process.ts', import.meta.url));
  const { NODE_OPTIONS, ...env } = process.env;
  const options = ['--import', import.meta.resolve('tsx'), script];
  const child = spawn(process.execPath, options, { env });
  t.teardown(() => child.kill('SIGKILL'));
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  t.strictSame(await once(child, 'close'), [0, null]);
  const [stdout, stderr] = await printed;
  t.equal(stderr, '');
  t.strictSame(JSON.parse(stdout), {
    echoed: 'heard',
    silent: 'timedOut',
    cancelled: 1_000,
    keptAliveBy: [],
  });
});

t.test(
  'closing waits for running procedures, whose replies are still sent',
  inWorld(async (t, world) => {
    let finish = (_value: string): void => undefined;
    const server = await world.endpoint({
      handlers: { slow: () => new Promise<string>((resolve) => (finish = resolve)) },
    });
    const client = await world.endpoint();
    const call = client.peer(server.address).call('slow');
    await world.settle();
    const closed = server.close();
    await world.clock.advance(900);
    const refused = client.peer(server.address).call('slow', [], { timeoutMs: 50 });
    await world.settle();
    t.equal(server.stats().fates['request.refused.closing'], 1);
    finish('made it');
    await closed;
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'made it' });
    t.match(await world.clock.runUntil(refused), {
      state: 'rejected',
      executed: 'no',
      error: { code: 'closing' },
    });
  }),
);

t.test(
  'closing waits no longer than its grace period, and a late result is not sent',
  inWorld(async (t, world) => {
    let finish = (_value: string): void => undefined;
    const server = await world.endpoint({
      closeGraceMs: 300,
      handlers: { slow: () => new Promise<string>((resolve) => (finish = resolve)) },
    });
    const client = await world.endpoint();
    client.peer(server.address).call('slow');
    await world.settle();
    const startedMs = world.clock.nowMs();
    await world.clock.runUntil(server.close());
    t.equal(world.clock.nowMs() - startedMs, 300);
    const { attempted } = server.stats();
    finish('too late');
    await world.settle();
    t.match(server.stats(), { attempted, discardedResults: 1, requests: { abandoned: 1 } });
  }),
);

t.test(
  'closing twice gives the same promise, and afterwards nothing can be called',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    const peer = endpoint.peer('10.0.0.9:1');
    const closed = endpoint.close();
    t.equal(endpoint.close(), closed);
    t.throws(() => peer.call('x'), EndpointClosedError);
    t.throws(() => endpoint.peer('10.0.0.9:2'), EndpointClosedError);
    await closed;
    t.equal(endpoint.close(), closed);
    t.throws(() => peer.call('x'), { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' });
    t.throws(() => peer.remote['x']?.(), EndpointClosedError);
    t.equal(world.network.stats.sent, 0);
  }),
);

t.test(
  'a listener that calls or closes while calls are cancelled finds the endpoint closing',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const closings = new Set<Promise<void>>();
    peer.on('call.cancelled', () => {
      peer.call('again');
    });
    peer.on('call.cancelled', () => closings.add(client.close()));
    let ended = 0;
    client.on('endpoint.closed', () => (ended += 1));
    const call = peer.call('x');
    const closed = client.close();
    t.match(await call, { state: 'cancelled' });
    await closed;
    t.ok(closings.size === 1 && closings.has(closed), 'it closes once');
    t.equal(ended, 1);
    t.match(world.errors.splice(0), [EndpointClosedError]);
  }),
);

t.test(
  'a procedure may close its endpoint',
  inWorld(async (t, world) => {
    const server = await world.endpoint({
      handlers: {
        stop: ({ endpoint }) => {
          void endpoint.close();
          return 'stopping';
        },
      },
    });
    const client = await world.endpoint();
    const outcome = await world.clock.runUntil(client.peer(server.address).call('stop'));
    t.match(outcome, { state: 'resolved', value: 'stopping' });
    await server.close();
  }),
);

t.test(
  'an endpoint closed while it opens is closed',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    let bind = (): void => undefined;
    transport.open = () =>
      new Promise((resolve) => {
        bind = () => {
          resolve({ host: '10.9.9.9', port: 9 });
        };
      });
    const endpoint = new EndpointSystem({ transport, clock: world.clock });
    const opened = endpoint.open();
    await endpoint.close();
    bind();
    await opened;
    t.equal(transport.closed, true);
    t.throws(() => endpoint.peer('10.0.0.9:1'), EndpointClosedError);
  }),
);

t.test(
  'a socket that fails closes the endpoint, with its error as the reason',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport });
    const ends: unknown[] = [];
    client.on('endpoint.closed', (report) => ends.push(report));
    const call = client.peer('10.0.0.9:1').call('x');
    const error = new Error('the network card is gone');
    transport.receiver?.transportFailed(error);
    t.match(await call, { state: 'cancelled', reason: error });
    await client.close();
    t.strictSame(ends, [{ type: 'endpoint.closed', error }]);
    t.throws(() => client.peer('10.0.0.9:1'), EndpointClosedError);
  }),
);

t.test(
  '`await using` closes',
  inWorld(async (t, world) => {
    let ended: unknown;
    {
      await using endpoint = await world.endpoint();
      endpoint.on('endpoint.closed', ({ error }) => (ended = { error }));
    }
    t.strictSame(ended, { error: undefined });
  }),
);

t.test('replies that are written while a real endpoint closes still arrive', async (t) => {
  let finish = (_value: string): void => undefined;
  const server = await createEndpoint({
    host: '127.0.0.1',
    handlers: { slow: () => new Promise<string>((resolve) => (finish = resolve)) },
  });
  const client = await createEndpoint({ host: '127.0.0.1' });
  t.teardown(() => Promise.all([server.close(), client.close()]));
  const call = client.peer<typeof server>(server.address).call('slow');
  const arrived = new Promise((resolve) => server.on('frame.settled', resolve));
  await arrived;
  const closed = server.close();
  finish('made it');
  await closed;
  t.match(await call, { state: 'resolved', value: 'made it' });
});
