import t from 'tap';
import { CallError, RemoteError } from '../../src/api/outcome.js';
import { EndpointClosedError } from '../../src/errors.js';
import { answerTo } from '../fixtures/raw-peer.js';
import { ScriptedTransport } from '../fixtures/scripted-transport.js';
import { inWorld } from '../fixtures/world.js';

t.test(
  'an answer resolves the call, with its value, its round-trip time and its attempts',
  inWorld(
    async (t, world) => {
      const server = await world.endpoint({ handlers: { double: (_, n: number) => n * 2 } });
      const client = await world.endpoint();
      const call = client.peer<typeof server>(server.address).call('double', [21]);
      const outcome = await world.clock.runUntil(call);
      t.strictSame(outcome, { state: 'resolved', value: 42, rttMs: 14, attempts: 1 });
      t.equal(await call.value(), 42);
      t.strictSame(client.stats().outcomes.resolved, 1);
    },
    { delayMs: { min: 7, max: 7 } },
  ),
);

t.test(
  'an error datagram rejects the call with code, message and data',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const [withData, without] = [peer.call('a'), peer.call('b')];
    await world.settle();
    raw.refuse(0, ['overloaded', 'come back later', { afterMs: 5 }]);
    raw.refuse(1, ['unknownProcedure', 'there is no b']);
    await world.settle();
    const outcome = await withData;
    if (outcome.state !== 'rejected') throw new Error(outcome.state);
    t.type(outcome.error, RemoteError);
    t.match(outcome.error, { code: 'overloaded', message: 'come back later' });
    t.match(outcome, { executed: 'no', rttMs: 2, attempts: 1 });
    t.strictSame({ ...(outcome.error.data as object) }, { afterMs: 5 });
    await t.rejects(without.value(), {
      name: 'CallError',
      code: 'ERR_RPCUDP_CALL',
      message: 'The call b to 10.0.0.1:2000 was rejected ("unknownProcedure"): "there is no b".',
    });
  }),
);

t.test(
  'a call to a silent peer times out exactly at its deadline',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const call = client.peer(raw.address).call('x', [], { timeoutMs: 250 });
    await world.clock.advance(249.5);
    t.equal(call.getSnapshot().value, 'awaiting');
    await world.clock.advance(0.5);
    t.strictSame(await call, {
      state: 'timedOut',
      verdict: 'peerSilent',
      executed: 'maybe',
      timeoutMs: 250,
      attempts: 1,
    });
    await t.rejects(call.value(), {
      message: 'The call x to 10.0.0.1:2000 timed out after 250 ms (peerSilent).',
    });
  }),
);

t.test(
  'a call cancelled in flight may have been executed, one cancelled while it waits was not',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 1 });
    const peer = client.peer(raw.address);
    const [awaiting, queued] = [peer.call('a'), peer.call('b')];
    await world.settle();
    t.strictSame([awaiting.state, queued.state], ['awaiting', 'queued']);
    queued.cancel('enough');
    awaiting.send({ type: 'cancel', reason: new Error('too slow') });
    t.strictSame(await queued, {
      state: 'cancelled',
      reason: 'enough',
      executed: 'no',
      attempts: 0,
    });
    t.match(await awaiting, { state: 'cancelled', executed: 'maybe', attempts: 1 });
    await t.rejects(queued.value(), { message: /^The call b to \S+ was cancelled: enough\.$/ });
    await t.rejects(awaiting.value(), { message: /was cancelled: too slow\.$/, cause: Error });
    const silent = peer.call('c');
    silent.cancel();
    t.equal(silent.state, 'cancelled', 'in sent, too');
    await t.rejects(silent.value(), { message: /was cancelled: no reason was given\.$/ });
    await world.settle();
    t.equal(raw.received.length, 2, 'a call cancelled while it waited was never sent');
  }),
);

t.test(
  'closing cancels calls in every state',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ window: 2 });
    const peer = client.peer(raw.address);
    const awaiting = peer.call('a');
    await world.settle();
    const [sent, queued] = [peer.call('b'), peer.call('c')];
    t.strictSame([awaiting.state, sent.state, queued.state], ['awaiting', 'sent', 'queued']);
    await client.close();
    for (const [call, executed] of [
      [awaiting, 'maybe'],
      [sent, 'maybe'],
      [queued, 'no'],
    ] as const) {
      t.match(await call, { state: 'cancelled', reason: EndpointClosedError, executed });
    }
    await world.settle();
    t.equal(raw.received.length, 2);
  }),
);

t.test(
  'a call that the socket refuses is unsent, with the reason of the socket',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport });
    const call = client.peer('10.0.0.1:1').call('x');
    const error = Object.assign(new Error('send EMSGSIZE'), { code: 'EMSGSIZE' });
    transport.sent[0]?.done(error);
    t.strictSame(await call, { state: 'unsent', error, executed: 'no', attempts: 0 });
    const thrown: unknown = await call.value().catch((error: unknown) => error);
    t.type(thrown, CallError);
    t.match(thrown, {
      message: 'The call x to 10.0.0.1:1 was not sent: send EMSGSIZE.',
      cause: error,
      outcome: { state: 'unsent' },
    });
    t.match(client.stats(), { sent: 0, refused: 1, inFlightNow: 0, outcomes: { unsent: 1 } });
  }),
);

t.test(
  'a call needs no callback of the socket, neither to be answered nor to time out',
  inWorld(async (t, world) => {
    const transport = new ScriptedTransport();
    const client = await world.endpoint({ transport, timeoutMs: 100 });
    const peer = client.peer('10.0.0.1:1');
    const [answered, silent] = [peer.call('x'), peer.call('y')];
    const request = transport.sent[0]!;
    t.equal(answered.state, 'sent');
    transport.receiver?.datagramReceived(answerTo(request.datagram, 'early'), '10.0.0.1', 1);
    t.match(await answered, { state: 'resolved', value: 'early' });
    request.done(new Error('too late to matter'));
    t.match(await answered, { state: 'resolved' });
    t.match(await world.clock.runUntil(silent), { state: 'timedOut', executed: 'maybe' });
  }),
);
