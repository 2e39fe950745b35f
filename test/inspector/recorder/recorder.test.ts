import process from 'node:process';
import t from 'tap';
import { createActor } from 'xstate';
import { createEndpoint } from '../../../src/endpoint/endpoint.js';
import { EndpointClosedError, OptionError } from '../../../src/errors.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { recordEndpoint } from '../../../src/inspector/recorder/recorder.js';
import { ProcedureError } from '../../../src/api/procedure-error.js';
import type { Transport } from '../../../src/transport/transport.js';
import { encodeRequest } from '../../../src/wire/request.js';
import { actorsOf } from '../../../src/xstate/actors-of.js';
import { Recorded } from './recorded.js';
import { syncPair } from './sync-pair.js';
import { answerTo } from '../../fixtures/raw-peer.js';
import { inWorld } from '../../fixtures/world.js';
import type { World } from '../../fixtures/world.js';

const echo = { echo: (_scope: unknown, value: unknown) => value };

/** With an id from `chosen`, only calls in which something notable happens are shown. */
const ALMOST_NONE = { maxCallsPerSecond: 1e-9 };

async function echoPair(world: World, handlers: Record<string, () => unknown> = {}) {
  const server = await world.endpoint({ handlers: { ...echo, ...handlers } });
  const client = await world.endpoint();
  return { client, server, peer: client.peer(server.address) };
}

t.test(
  'a call and its request are recorded at both ends, step by step, with their datagrams',
  inWorld(async (t, world) => {
    const { client, server, peer } = await echoPair(world);
    const atClient = new Recorded(client, { name: 'client' });
    const atServer = new Recorded(server);
    await world.clock.runUntil(peer.call('echo', ['hello']));
    await world.settle();

    t.match(atClient.records[0], { type: 'endpoint', name: 'client', address: '10.0.0.2:1000' });
    t.match(atServer.records[0], { type: 'endpoint', name: '10.0.0.1:1000' });
    const [call] = atClient.of('call');
    const [handler] = atServer.of('handler');
    t.match(call, { peer: '10.0.0.1:1000', procedure: 'echo', args: ['hello'], timeoutMs: 5_000 });
    const command = ['call', '10.0.0.1:1000', '--timeout', '5000', 'echo', '"hello"'];
    t.strictSame(call?.command, command);
    t.match(handler, { peer: '10.0.0.2:1000', procedure: 'echo', args: ['hello'], attempt: 1 });
    t.equal(call?.transactionId, handler?.transactionId);
    t.strictSame(atClient.path(), ['transmitted sent', 'accepted awaiting', 'answered resolved']);
    t.strictSame(atServer.path(), ['started running', 'replied replied']);
    t.match(atClient.of('step').at(-1), {
      final: true,
      attempt: 1,
      outcome: { state: 'resolved', value: 'hello', attempts: 1 },
    });
    t.match(atServer.of('step').at(-1), { final: true, value: 'hello', durationMs: 0 });
    t.strictSame(atClient.frames(), ['out request', 'in response response.matched']);
    t.strictSame(atServer.frames(), ['in request request.run', 'out response']);
    const [sent] = atClient.of('datagram');
    const arrived = atServer.of('datagram').find(({ direction }) => direction === 'in');
    t.equal(sent?.frames[0]?.base64, arrived?.frames[0]?.base64, 'the bytes on the wire');
    t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
  }),
);

t.test(
  'time-outs, late answers, errors and refusals are recorded, however few calls are shown',
  inWorld(async (t, world) => {
    const { client, server, peer } = await echoPair(world, {
      fail: () => {
        throw new ProcedureError('noSuchUser', 'nobody');
      },
    });
    const raw = await world.raw('10.0.0.9');
    const atClient = new Recorded(client, ALMOST_NONE);
    const atServer = new Recorded(server, ALMOST_NONE);
    // The first call is shown. From then on, one in 4,096 is.
    for (let number = 0; number < 40; number += 1) {
      await world.clock.runUntil(peer.call('echo', [number]));
    }
    await world.clock.advance(250);
    t.ok(atClient.of('call').length < 20);
    const shown = atClient.of('call').length;

    await world.clock.runUntil(peer.call('fail', []));
    await world.clock.runUntil(peer.call('nowhere', []));
    const silent = client.peer('10.0.0.9:2000').call('echo', ['late'], { timeoutMs: 100 });
    await world.settle();
    await world.clock.runUntil(silent);
    raw.send(
      Buffer.concat([Buffer.of(1), Buffer.from(silent.transactionId, 'hex'), Buffer.of(7)]),
      {
        host: '10.0.0.2',
        port: 1000,
      },
    );
    await world.settle();
    const cancelled = client.peer('10.0.0.8:2000').call('echo', ['gone']);
    await world.settle();
    cancelled.cancel('enough');
    await world.clock.advance(1_000);

    const calls = atClient.of('call').slice(shown);
    t.strictSame(
      calls.map(({ procedure, args }) => [procedure, args[0] ?? '']),
      [
        ['fail', ''],
        ['nowhere', ''],
        ['echo', 'late'],
        ['echo', 'gone'],
      ],
    );
    t.strictSame(
      calls.map(({ actor }) => atClient.path(actor)),
      [
        ['transmitted sent', 'accepted awaiting', 'failed rejected'],
        ['transmitted sent', 'accepted awaiting', 'failed rejected'],
        ['transmitted sent', 'accepted awaiting', 'expired timedOut', 'answered late'],
        ['transmitted sent', 'cancel cancelled'],
      ],
    );
    const steps = atClient.of('step');
    t.match(
      steps.find(({ event }) => event === 'expired'),
      { because: 'nothing was heard from the peer', final: false },
    );
    t.match(
      steps.find(({ state }) => state === 'late'),
      { value: 7, lateByMs: 1, final: true },
    );
    t.equal(atClient.of('datagram').filter(({ remade }) => remade).length, 4);
    const handlers = atServer.of('handler').slice(-2);
    t.strictSame(
      handlers.map(({ actor }) => atServer.path(actor)),
      [['started running', 'failed failed'], ['refused refused']],
    );
    t.match(
      atServer.of('step').find(({ event }) => event === 'refused'),
      { because: 'unknownProcedure' },
    );
    const sent = atServer.frames().filter((frame) => frame === 'out error');
    t.equal(sent.length, 2, 'and their answers');
    t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
  }),
);

t.test(
  'shown and skipped calls add up to the calls made, those that go wrong included',
  inWorld(async (t, world) => {
    world.network.setLink('10.0.0.2', '10.0.0.1', { lossRate: 0.2 });
    const { client, server, peer } = await echoPair(world);
    const atClient = new Recorded(client, { maxCallsPerSecond: 40 });
    const atServer = new Recorded(server, { maxCallsPerSecond: 10 });
    const calls = Array.from({ length: 300 }, (_, number) => peer.call('echo', [number]));
    await world.clock.runUntil(Promise.all(calls));
    await world.clock.advance(1_000);
    const { stats, skipped, procedures } = atClient.counts;
    t.equal(atClient.of('call').length + skipped.calls, 300);
    t.ok(skipped.calls > 100);
    t.strictSame(procedures, [
      { peer: '10.0.0.1:1000', procedure: 'echo', outcomes: stats.outcomes },
    ]);
    const requests = server.stats().fates['request.run'];
    t.equal(atServer.of('handler').length + atServer.counts.skipped.handlers, requests);
    const actors = atClient.of('call').map(({ actor }) => actor);
    t.equal(new Set(actors).size, actors.length, 'none is recorded twice');
    for (const actor of actors) {
      const steps = atClient.of('step').filter((step) => step.actor === actor);
      t.strictSame(steps.filter(({ final }) => final).length, 1, 'each ends once');
    }
    const shown = new Set(atClient.of('call').map(({ transactionId }) => transactionId));
    const repeated = calls
      .filter((call) => call.getSnapshot().context.attempt > 1)
      .filter(({ transactionId }) => shown.has(transactionId));
    t.ok(repeated.length >= 20, 'the first ones are shown');
    for (const call of repeated) {
      const events = atClient.path(numberOf(call)).filter((one) => one.startsWith('retransmitted'));
      const { attempt } = call.getSnapshot().context;
      t.ok(events.length >= 1 && events.length < attempt, 'each retransmission once, at most');
    }
  }),
);

t.test(
  'a recorder that is attached late records what lives, and how it came to its state',
  inWorld(async (t, world) => {
    const raw = await world.raw('10.0.0.9');
    const releases: (() => void)[] = [];
    const server = await world.endpoint({
      handlerTimeoutMs: 60_000,
      handlers: {
        wait: () => new Promise<string>((resolve) => releases.push(() => resolve('done'))),
      },
    });
    const client = await world.endpoint({ window: 1 });
    const peer = client.peer(server.address);
    const slow = peer.call('wait', [], { timeoutMs: 60_000, attempts: 2 });
    const overdue = client.peer(raw.address).call('ask', [1], { timeoutMs: 50 });
    await world.clock.runUntil(overdue);
    await world.clock.advance(5_000);
    const sent = peer.call('wait', [2]);
    const queued = peer.call('wait', [3]);

    const atClient = new Recorded(client);
    const atServer = new Recorded(server);
    const path = (call: typeof slow) => atClient.path(numberOf(call));
    t.equal(atClient.of('call').length, 4);
    t.strictSame(path(queued), []);
    t.strictSame(path(sent), ['transmitted sent']);
    t.strictSame(path(slow), ['transmitted sent', 'accepted awaiting', 'retransmitted awaiting']);
    t.strictSame(path(overdue), ['transmitted sent', 'accepted awaiting', 'expired timedOut']);
    t.match(
      atClient.of('step').find(({ event }) => event === 'expired'),
      { atMs: 50, outcome: { state: 'timedOut' }, because: /peer/ },
    );
    t.strictSame(atServer.path(), ['started running']);
    t.strictSame(atServer.frames(), ['in request request.run']);
    t.equal(atClient.counts.procedures.length, 0, 'outcomes from before are not counted');

    await world.settle();
    for (const release of releases) release();
    await world.clock.runUntil(Promise.all([slow, sent]));
    await world.settle();
    for (const release of releases) release();
    await world.clock.runUntil(queued);
    await world.clock.advance(60_000);
    t.strictSame(path(overdue).at(-1), 'lingered lost');
    for (const call of [slow, sent, queued]) t.equal(path(call).at(-1), 'answered resolved');
    t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
  }),
);

t.test(
  'several recorders record the same with their own numbers, and a stopped one records nothing more',
  inWorld(async (t, world) => {
    const { client, peer } = await echoPair(world);
    const first = new Recorded(client);
    const second = new Recorded(client);
    await world.clock.runUntil(peer.call('echo', [1]));
    first.recording.stop();
    first.recording.stop();
    const told = first.records.length;
    await world.clock.runUntil(peer.call('echo', [2]));
    await world.clock.advance(1_000);
    t.equal(first.records.length, told);
    t.equal(second.of('call').length, 2);
    t.not(first.records[0]?.endpoint, second.records[0]?.endpoint);
    second.recording.stop();
    t.strictSame([first.faults(), second.faults()], [[], []]);
  }),
);

t.test(
  'a recording that is stopped while it records stops at once',
  inWorld(async (t, world) => {
    const { client, peer } = await echoPair(world);
    const types: string[] = [];
    const recording = recordEndpoint(client, (one) => {
      types.push(one.type);
      if (one.type === 'step' && one.event === 'answered') recording.stop();
    });
    await world.clock.runUntil(peer.call('echo', [1]));
    await world.clock.advance(1_000);
    t.equal(types.at(-1), 'step', 'the datagram with the answer is not recorded any more');
  }),
);

t.test(
  'a call that the kernel never took is not shown as awaiting its answer',
  inWorld(async (t, world) => {
    const silent: Transport = {
      family: 4,
      open: () => Promise.resolve({ host: '10.0.0.1', port: 1 }),
      send: () => undefined,
      close: () => Promise.resolve(),
    };
    const client = await createEndpoint({ clock: world.clock, transport: silent });
    const call = client.peer('10.0.0.2:1').call('ask', [], { timeoutMs: 100, attempts: 1 });
    const found = new Recorded(client);
    await world.clock.runUntil(call);
    const foundLater = new Recorded(client);
    t.strictSame(found.path(), ['transmitted sent', 'expired timedOut']);
    t.strictSame(foundLater.path(), ['transmitted sent', 'expired timedOut']);
    await world.clock.runUntil(client.close());
  }),
);

t.test(
  'an endpoint that closes with open calls ends each of them, and then its recording',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const server = await world.endpoint({
      handlers: { hang: () => new Promise(() => undefined) },
      closeGraceMs: 10,
    });
    const atClient = new Recorded(client);
    const atServer = new Recorded(server);
    const silent = client.peer(raw.address).call('ask', [], { timeoutMs: 10 });
    const hanging = client.peer(server.address).call('hang', []);
    await world.clock.runUntil(silent);
    await world.clock.runUntil(Promise.all([client.close(), server.close()]));
    t.match(await hanging, { state: 'cancelled' });
    while (world.network.stats.inFlight > 0) await world.clock.step();
    t.equal(world.clock.pendingTimers, 0, 'and leaves no timer behind');
    const finals = atClient.of('step').filter(({ final }) => final);
    t.strictSame(finals.map(({ state }) => state).sort(), ['cancelled', 'lost']);
    t.match(atServer.of('step').at(-1), { event: 'abandoned', final: true });
    t.equal(atClient.records.at(-1)?.type, 'endpoint.closed');
    t.match(atClient.counts, { stats: { outcomes: { cancelled: 1, timedOut: 1 } } });
    t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
  }),
);

t.test('a simulated clock runs out of timers though an endpoint is recorded', async (t) => {
  const { SimulatedClock } = await import('../../../src/testing/clock.js');
  const { SimulatedNetwork } = await import('../../../src/testing/network.js');
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork({ clock, seed: 1 });
  const endpoint = await createEndpoint({ clock, transport: network.transport('10.0.0.1', 1) });
  const recorded = new Recorded(endpoint);
  await t.rejects(clock.runUntil(new Promise(() => undefined)), /Nothing is left to run/);
  t.ok(clock.nowMs() <= 1_000);
  const call = endpoint.peer('10.0.0.2:1').call('ask', [], { timeoutMs: 2_000 });
  await clock.runUntil(call);
  await t.rejects(clock.runUntil(new Promise(() => undefined)), /Nothing is left to run/);
  t.equal(recorded.counts.stats.outcomes.timedOut, 1, 'the last change is recorded first');
  t.equal(recorded.counts.stats.lingeringNow, 0);
  await endpoint.close();
});

t.test('errors of the sink are reported once, and harm nothing', async (t) => {
  const warned: Error[] = [];
  const listen = (warning: Error): void => {
    warned.push(warning);
  };
  process.on('warning', listen);
  await inWorld(async (t, world) => {
    const { client, peer } = await echoPair(world);
    recordEndpoint(client, () => {
      throw new Error('broken sink');
    });
    t.match(await world.clock.runUntil(peer.call('echo', [1])), { state: 'resolved', value: 1 });
  })(t);
  await new Promise(setImmediate);
  process.off('warning', listen);
  t.strictSame(
    warned.map(({ message }) => message),
    ['broken sink'],
  );
});

t.test('arguments that cannot be shown any more are reported, and harm nothing', async (t) => {
  const warned: Error[] = [];
  const listen = (warning: Error): void => {
    warned.push(warning);
  };
  process.on('warning', listen);
  await inWorld(async (t, world) => {
    const { client, peer } = await echoPair(world);
    const recorded = new Recorded(client, ALMOST_NONE);
    for (let number = 0; number < 40; number += 1) {
      await world.clock.runUntil(peer.call('echo', [number]));
    }
    const circle: unknown[] = [];
    const call = peer.call('nowhere', [circle]);
    circle.push(circle);
    t.match(await world.clock.runUntil(call), { state: 'rejected' });
    t.match(await world.clock.runUntil(peer.call('nowhere', [2])), { state: 'rejected' });
    t.match(recorded.of('call').at(-1), { args: [2] });
  })(t);
  await new Promise(setImmediate);
  process.off('warning', listen);
  t.strictSame(
    warned.map(({ name }) => name),
    ['RangeError'],
  );
});

t.test(
  'an ignored event is not a step, and a closed endpoint cannot be recorded',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ timeoutMs: 100 });
    const recorded = new Recorded(client);
    const call = client.peer('10.0.0.8:2000').call('echo');
    await world.clock.runUntil(call);
    call.cancel('too late');
    t.strictSame(
      recorded.of('step').map(({ event }) => event),
      ['transmitted', 'accepted', 'expired'],
    );
    await client.close();
    t.throws(() => recordEndpoint(client, () => undefined), EndpointClosedError);
  }),
);

t.test(
  'a sink that calls, cancels and closes while it gets a record gets each record once',
  async (t) => {
    const { client, server } = await syncPair({ handlers: echo });
    const records: InspectionRecord[] = [];
    let calls = 0;
    const peer = client.peer('127.0.0.1:2');
    const open = client.peer('127.0.0.1:3').call('ask', []);
    recordEndpoint(client, (inspectionRecord) => {
      records.push(inspectionRecord);
      if (inspectionRecord.type === 'endpoint') open.cancel('at once');
      if (inspectionRecord.type !== 'counts' && calls < 20) {
        calls += 1;
        const call = peer.call('echo', [calls]);
        if (calls % 3 === 0) call.cancel();
      }
    });
    await peer.call('echo', ['last']);
    await Promise.all([client.close(), server.close()]);
    const made = records.flatMap((one) => (one.type === 'call' ? [one.actor] : []));
    t.equal(made.length, 22);
    t.equal(new Set(made).size, 22);
    const finals = records.filter((one) => one.type === 'step' && one.final);
    t.equal(finals.length, 22);
    const counts = records.filter((one) => one.type === 'counts').at(-1);
    t.match(counts, { skipped: { calls: 0, handlers: 0 } });
  },
);

t.test('with a transport that delivers at once every datagram has its fate', async (t) => {
  const { client, server } = await syncPair({ handlers: echo });
  const atClient = new Recorded(client);
  const atServer = new Recorded(server);
  for (let number = 0; number < 5; number += 1) {
    t.match(await client.peer('127.0.0.1:2').call('echo', [number]), { value: number });
  }
  await Promise.all([client.close(), server.close()]);
  const count = (recorded: Recorded, frame: string) =>
    recorded.frames().filter((one) => one === frame).length;
  t.equal(count(atClient, 'in response response.matched'), 5);
  t.equal(count(atServer, 'in request request.run'), 5);
  t.equal(atServer.of('datagram').filter(({ remade }) => remade).length, 0);
  t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
});

t.test(
  'a hostile name and large arguments are cut, and marked as cut',
  inWorld(async (t, world) => {
    const { server } = await echoPair(world);
    const raw = await world.raw();
    const recorded = new Recorded(server);
    const name = '\u202e\n\u001b[2J'.padEnd(8_000, 'x');
    raw.send(encodeRequest('ab'.repeat(20), name, [1]).toDatagram(), server.address);
    raw.send(
      encodeRequest('cd'.repeat(20), 'echo', ['y'.repeat(7_000)]).toDatagram(),
      server.address,
    );
    await world.settle();
    const [unknown, large] = recorded.of('handler');
    t.equal(unknown?.procedure.length, 256);
    t.ok(unknown?.procedure.endsWith('…'));
    t.match(large?.args, [/^y{4096}… \(2904 characters more\)$/]);
    t.strictSame(recorded.faults(), []);
  }),
);

t.test(
  'options are checked',
  inWorld(async (t, world) => {
    const endpoint = await world.endpoint();
    const table: readonly (readonly [object, string])[] = [
      [{ maxCallPerSecond: 5 }, 'maxCallPerSecond'],
      [{ maxCallsPerSecond: 0 }, 'maxCallsPerSecond'],
      [{ maxCallsPerSecond: NaN }, 'maxCallsPerSecond'],
      [{ maxCallsPerSecond: '5' }, 'maxCallsPerSecond'],
      [{ name: 7 }, 'name'],
      [{ name: '' }, 'name'],
      [{ name: 'x'.repeat(257) }, 'name'],
      [{ mask: 'password' }, 'mask'],
      [{ mask: ['password', 7] }, 'mask'],
      [{ mask: null }, 'mask'],
    ];
    for (const [options, option] of table) {
      const error = t.throws(() => recordEndpoint(endpoint, () => undefined, options));
      t.match(error, { constructor: OptionError, option });
    }
    recordEndpoint(endpoint, () => undefined, { maxCallsPerSecond: Infinity }).stop();
  }),
);

t.test('a real endpoint is recorded over loopback, in Unix time', async (t) => {
  const server = await createEndpoint({ host: '127.0.0.1', handlers: echo });
  const client = await createEndpoint({ host: '127.0.0.1' });
  const before = Date.now();
  const atClient = new Recorded(client);
  const atServer = new Recorded(server);
  const peer = client.peer(server.address);
  await Promise.all(Array.from({ length: 50 }, (_, number) => peer.call('echo', [number])));
  await Promise.all([client.close(), server.close()]);
  t.equal(atClient.of('call').length, 50);
  t.equal(atServer.of('handler').length, 50);
  const frames = [...atClient.frames(), ...atServer.frames()].sort();
  t.strictSame(
    [...new Set(frames)],
    ['in request request.run', 'in response response.matched', 'out request', 'out response'],
  );
  t.equal(frames.length, 200, 'bundled or not');
  t.ok(atClient.records.every(({ atMs }) => Math.abs(atMs - before) < 60_000));
  t.equal(atClient.records.at(-1)?.type, 'endpoint.closed');
  t.strictSame([atClient.faults(), atServer.faults()], [[], []]);
});

/** The number of its actor, which records use. */
function numberOf(call: object): number {
  return (call as { number: number }).number;
}

t.test(
  'a call that was answered from elsewhere is always shown, with that address',
  inWorld(async (t, world) => {
    const asked = await world.raw();
    const other = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const recorded = new Recorded(client, ALMOST_NONE);
    const call = client.peer(asked.address).call('x');
    await world.settle();
    const { datagram, from } = asked.received[0]!;
    other.send(answerTo(datagram, 'not taken'), from);
    await world.settle();
    await world.clock.runUntil(call);
    const path = ['transmitted sent', 'accepted awaiting', 'answeredElsewhere awaiting'];
    t.strictSame(recorded.path(), [...path, 'expired timedOut']);
    const steps = recorded.of('step');
    t.equal(steps[2]?.because, 'an answer came from 10.0.0.2:2000');
    t.equal(
      steps[3]?.because,
      'an answer came, but from another address than was asked: 10.0.0.2:2000',
    );
    t.match(steps[3], { outcome: { answeredFrom: '10.0.0.2:2000' } });
    t.strictSame(recorded.faults(), []);
  }),
);

t.test(
  'a call that is overdue is always shown, with how long it has waited',
  inWorld(async (t, world) => {
    const asked = await world.raw();
    const client = await world.endpoint({ timeoutMs: 5_000 });
    const recorded = new Recorded(client, ALMOST_NONE);
    // The first call of all is shown in any case.
    client.peer('10.0.9.9:1').call('first').cancel();
    const call = client.peer(asked.address).call('x', [], { attempts: 1 });
    const shown = () => recorded.of('step').filter(({ actor }) => actor === numberOf(call));
    await world.clock.advance(1_501);
    t.strictSame(
      shown().map(({ event, state }) => `${event} ${state}`),
      ['transmitted sent', 'accepted awaiting', 'overdue awaiting'],
    );
    t.match(shown()[2], { because: /^no answer in 1\d{3} ms$/, attempt: 1 });
    asked.answer(0, 1);
    await world.clock.runUntil(call);
    t.match(shown().at(-1), { event: 'answered', state: 'resolved' });
    t.strictSame(recorded.faults(), []);
  }),
);

t.test(
  'a call that moves to another address of its name is always shown, with that address',
  inWorld(async (t, world) => {
    await world.endpoint({ host: '10.0.2.2', port: 53, handlers: { x: () => 1 } });
    const lookup = () => Promise.resolve(['10.0.2.1', '10.0.2.2']);
    const client = await world.endpoint({ timeoutMs: 100, window: 1, lookup });
    const peer = client.peer('name.example:53');
    const first = peer.call('x');
    await world.settle();
    const recorded = new Recorded(client, ALMOST_NONE);
    const call = peer.call('x', [], { timeoutMs: 1_000 });
    await world.clock.runUntil(first);
    await world.clock.runUntil(call);
    const moved = recorded.of('step').find(({ event }) => event === 'moved');
    t.match(moved, { state: 'queued', because: 'goes to 10.0.2.2:53' });
    t.match(recorded.of('step').at(-1), { event: 'answered', state: 'resolved' });
    t.strictSame(recorded.faults(), []);
  }),
);

t.test(
  'a restored call is shown as one, and what an earlier process sent is not',
  inWorld(async (t, world) => {
    await world.raw();
    const client = await world.endpoint();
    const logic = actorsOf(client).outcome('x');
    const input = { address: '10.0.0.1:2000', timeoutMs: 60_000, args: [] };
    const earlier = createActor(logic, { input }).start();
    const snapshot = earlier.getPersistedSnapshot() as never;
    earlier.stop();
    await world.clock.advance(30_000);
    const live = new Recorded(client, ALMOST_NONE);
    const actor = createActor(logic, { input, snapshot }).start();
    await world.clock.advance(1_000);
    const found = new Recorded(client);
    await world.clock.advance(30_000);
    actor.stop();
    for (const recorded of [live, found]) {
      t.match(recorded.of('call'), [{ procedure: 'x', timeoutMs: 60_000 }]);
      const path = ['restored awaiting', 'expired timedOut', 'lingered lost'];
      t.strictSame(recorded.path(), path.slice(0, recorded.path().length));
      t.match(recorded.of('step')[1], { because: /an earlier process sent it/ });
      t.strictSame(recorded.of('datagram'), []);
      t.strictSame(recorded.faults(), []);
    }
    t.match(live.of('step')[0], { because: 'sent at least 1 times before' });
  }),
);

t.test(
  'of calls that all fail alike the first ones are recorded whole, and the others counted',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ window: 1, mailbox: 1 });
    const atClient = new Recorded(client);
    const peer = client.peer('10.0.0.9:1');
    for (let number = 0; number < 3_000; number += 1) void peer.call('echo', [number]);
    await world.clock.advance(1_000);
    const [failures] = atClient.of('failures').slice(-1);
    t.match(failures, {
      ...{ of: 'call', procedure: 'echo', peer: '10.0.0.9:1', state: 'unsent' },
      ...{ reason: 'ERR_RPCUDP_MAILBOX_FULL', count: 2_998 },
    });
    const unsent = atClient.of('step').filter(({ state }) => state === 'unsent');
    t.equal(unsent.length, failures?.shown);
    t.ok(unsent.length < 400, `${unsent.length}: the sample, and the first ones`);
    t.equal(atClient.of('call').length + atClient.counts.skipped.calls, 3_000);
    t.strictSame(atClient.faults(), []);
    await world.clock.runUntil(client.close());
  }),
);

t.test(
  'a request that the system refuses is recorded as refused, not as sent',
  inWorld(async (t, world) => {
    const error = Object.assign(new Error('send EMSGSIZE'), { code: 'EMSGSIZE' });
    const refusing: Transport = {
      family: 4,
      open: () => Promise.resolve({ host: '10.0.0.1', port: 1 }),
      send: (_datagram, _host, _port, done) => done(error),
      close: () => Promise.resolve(),
    };
    const client = await createEndpoint({ clock: world.clock, transport: refusing });
    const atClient = new Recorded(client);
    const seldom = new Recorded(client, ALMOST_NONE);
    for (let number = 0; number < 3; number += 1) {
      await world.clock.runUntil(client.peer('10.0.0.2:1').call('echo', [number]));
    }
    for (const recorded of [atClient, seldom]) {
      const datagrams = recorded.of('datagram');
      t.equal(datagrams.length, 3);
      t.ok(datagrams.every(({ refused }) => refused === 'EMSGSIZE'));
      t.match(recorded.of('step').at(-1), { state: 'unsent', attempt: 0 });
      t.strictSame(recorded.faults(), []);
    }
    await world.clock.advance(500);
    t.match(atClient.counts.stats, { sent: 0, refused: 3 });
    await world.clock.runUntil(client.close());
  }),
);
