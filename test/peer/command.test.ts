import t from 'tap';
import type { CallReport } from '../../src/api/call-report.js';
import { OptionError, RequestTooLargeError, UnencodableError } from '../../src/errors.js';
import type { CallCommand } from '../../src/api/call-command.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'a command makes a call, whose reports go to the listeners and to replyTo, with the reference',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const [heard, replied]: [CallReport[], CallReport[]] = [[], []];
    peer.on('*', (report) => {
      if ('procedure' in report) heard.push(report);
    });
    peer.send({
      type: 'call',
      procedure: 'greet',
      args: ['Snake'],
      reference: { mine: 1 },
      replyTo: { send: (report) => replied.push(report) },
    });
    t.equal(peer.inFlight, 1, 'it is on its way');
    await world.settle();
    raw.answer(0, 'Hello Snake');
    await world.settle();
    t.match(replied, [
      {
        type: 'call.resolved',
        procedure: 'greet',
        peer: '10.0.0.1:2000',
        reference: { mine: 1 },
        outcome: { state: 'resolved', value: 'Hello Snake' },
      },
    ]);
    t.strictSame(heard, replied);
  }),
);

t.test(
  'a command takes the options of a call, and later events are reported too',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const types: string[] = [];
    const replyTo = { send: ({ type }: CallReport) => types.push(type) };
    const controller = world.controller();
    const { signal } = controller;
    peer.send({ type: 'call', procedure: 'a', timeoutMs: 100, replyTo });
    peer.send({ type: 'call', procedure: 'b', signal, replyTo });
    await world.settle();
    controller.abort();
    await world.clock.advance(150);
    raw.answer(0, 'late');
    await world.settle();
    t.strictSame(types, ['call.cancelled', 'call.timedOut', 'call.late']);
  }),
);

t.test(
  'a command that cannot be carried out throws nothing, and is reported as unsent',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const peer = client.peer('10.0.9.9:1');
    const reports: CallReport[] = [];
    const replyTo = { send: (report: CallReport) => reports.push(report) };
    const send = (command: Record<string, unknown>) => {
      const call = { type: 'call', procedure: 'x', replyTo, ...command };
      peer.send(call as unknown as CallCommand);
    };
    send({ args: [() => 0], reference: 1 });
    send({ args: ['x'.repeat(9_000)], reference: 2 });
    send({ timeoutMs: -1, reference: 3 });
    send({ retries: 3, reference: 4 });
    send({ procedure: '', reference: 5 });
    t.match(
      reports.map((report) => ('outcome' in report ? report.outcome : undefined)),
      [UnencodableError, RequestTooLargeError, OptionError, OptionError, UnencodableError].map(
        (error) => ({ state: 'unsent', error, executed: 'no' }),
      ),
    );
    t.strictSame(
      reports.map(({ reference }) => reference),
      [1, 2, 3, 4, 5],
    );
    t.equal(client.stats().outcomes.unsent, 5);
    await world.settle();
    t.equal(world.network.stats.sent, 0);
  }),
);

t.test(
  'a command to a closing or closed endpoint is reported as unsent',
  inWorld(async (t, world) => {
    const client = await world.endpoint();
    const peer = client.peer('10.0.9.9:1');
    const reports: CallReport[] = [];
    const replyTo = { send: (report: CallReport) => reports.push(report) };
    const closed = client.close();
    peer.send({ type: 'call', procedure: 'closing', replyTo });
    await closed;
    peer.send({ type: 'call', procedure: 'closed', replyTo });
    t.match(reports, [
      { procedure: 'closing', outcome: { error: { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' } } },
      { procedure: 'closed', outcome: { error: { code: 'ERR_RPCUDP_ENDPOINT_CLOSED' } } },
    ]);
  }),
);

t.test(
  'a replyTo that throws is reported, and does no harm',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1 });
    const peer = client.peer(raw.address);
    const replyTo = {
      send: () => {
        throw new Error('mine');
      },
    };
    peer.send({ type: 'call', procedure: 'x', replyTo });
    const next = peer.call('y');
    await world.settle();
    raw.answer(0, 1);
    await world.settle();
    raw.answer(1, 2);
    t.match(await world.clock.runUntil(next), { value: 2 });
    t.match(world.errors.splice(0), [{ message: 'mine' }]);
  }),
);
