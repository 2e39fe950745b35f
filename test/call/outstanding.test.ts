import t from 'tap';
import type { CallReport } from '../../src/api/call-report.js';
import { frame, idOf } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

/** The types of the reports, in order. */
const kinds = (reports: readonly CallReport[]) => reports.map(({ type }) => type);

t.test(
  'a late answer is recognised and measured, and does not change the outcome',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const peer = client.peer(raw.address);
    const reports: CallReport[] = [];
    peer.on('*', (report) => {
      if ('procedure' in report) reports.push(report);
    });
    const call = peer.call('x', [], { reference: 'mine' });
    const emitted: CallReport[] = [];
    call.on('*', (report) => emitted.push(report));
    const outcome = await world.clock.runUntil(call);
    await world.clock.advance(25);
    raw.answer(0, 'at last');
    await world.settle();
    t.equal(call.state, 'late');
    t.equal(call.getSnapshot().context.lateByMs, 26);
    t.equal(await call, outcome);
    t.strictSame(kinds(emitted), ['call.timedOut', 'call.late']);
    t.strictSame(reports, emitted, 'the peer reports what the call does');
    t.strictSame(reports[1], {
      type: 'call.late',
      procedure: 'x',
      peer: '10.0.0.1:2000',
      transactionId: call.transactionId,
      reference: 'mine',
      timeoutMs: 100,
      lateByMs: 26,
    });
    t.match(client.stats(), { fates: { 'response.late': 1, 'response.matched': 0 } });
  }),
);

t.test(
  'a late error counts as a late answer, and a second late answer is a duplicate',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const call = client.peer(raw.address).call('x');
    await world.clock.runUntil(call);
    raw.refuse(0, ['code', 'message']);
    raw.answer(0, 1);
    await world.settle();
    t.equal(call.state, 'late');
    t.match(client.stats().fates, { 'response.late': 1, 'response.duplicate': 1 });
  }),
);

t.test(
  'after the linger time a call is lost, and its answer is still late',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100, lingerMs: 50 });
    const peer = client.peer(raw.address);
    const reports: CallReport[] = [];
    peer.on('call.lost', (report) => reports.push(report));
    const call = peer.call('x');
    await world.clock.advance(149);
    t.equal(call.state, 'timedOut');
    t.equal(client.stats().lingeringNow, 1);
    await world.clock.advance(1);
    t.equal(call.state, 'lost');
    t.match(reports, [{ type: 'call.lost', procedure: 'x', timeoutMs: 100 }]);
    raw.answer(0, 1);
    await world.settle();
    t.match(client.stats(), { lingeringNow: 0, fates: { 'response.late': 1 } });
  }),
);

t.test(
  'when too many calls linger, the oldest is lost first',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100, maxLingering: 2 });
    const peer = client.peer(raw.address);
    const calls = ['a', 'b', 'c'].map((procedure) => peer.call(procedure));
    await world.clock.advance(100);
    t.strictSame(
      calls.map(({ state }) => state),
      ['lost', 'timedOut', 'timedOut'],
    );
    t.equal(client.stats().lingeringNow, 2);
  }),
);

t.test(
  'when no call may linger, the time-out is reported before the loss',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100, maxLingering: 0 });
    const peer = client.peer(raw.address);
    const reports: CallReport[] = [];
    peer.on('*', (report) => {
      if ('procedure' in report) reports.push(report);
    });
    const call = peer.call('x');
    t.match(await world.clock.runUntil(call), { state: 'timedOut' });
    t.strictSame(kinds(reports), ['call.timedOut', 'call.lost']);
    t.match(client.stats(), { lingeringNow: 0, inFlightNow: 0 });
  }),
);

t.test(
  'closing ends the calls that linger',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 100 });
    const call = client.peer(raw.address).call('x');
    await world.clock.runUntil(call);
    await client.close();
    t.equal(call.state, 'lost');
  }),
);

t.test(
  'a second answer to the same call is a duplicate',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const call = client.peer(raw.address).call('x');
    await world.settle();
    raw.answer(0, 'first');
    raw.answer(0, 'second');
    await world.settle();
    t.match(await call, { state: 'resolved', value: 'first' });
    t.match(client.stats().fates, { 'response.matched': 1, 'response.duplicate': 1 });
  }),
);

t.test(
  'an answer from another port or address settles nothing',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const call = client.peer(raw.address).call('x');
    await world.settle();
    const forged = frame('response', idOf(raw.received[0]!.datagram), 'forged');
    const { host, port } = raw.address;
    world.network.inject(forged, { host, port: port + 1 }, client.address);
    world.network.inject(forged, { host: '10.6.6.6', port }, client.address);
    await world.settle();
    t.equal(call.state, 'awaiting');
    t.equal(client.stats().fates['response.wrongPeer'], 2);
    raw.answer(0, 'true');
    t.match(await world.clock.runUntil(call), { value: 'true' });
  }),
);

t.test(
  'an answer that cannot be read settles nothing',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const call = peer.call('x');
    await world.settle();
    const { datagram, from } = raw.received[0]!;
    raw.send(Buffer.concat([Buffer.of(1), idOf(datagram), Buffer.of(0xc1)]), from);
    raw.refuse(0, 'no array');
    await world.settle();
    t.equal(call.state, 'awaiting');
    t.equal(peer.health, 'unknown', 'noise is no sign of life');
    t.match(client.stats().fates, { 'malformed.reserved': 1, 'malformed.shape': 1 });
    raw.answer(0, 'sound');
    t.match(await world.clock.runUntil(call), { value: 'sound' });
  }),
);

t.test(
  'a thousand calls in flight are distinguished, in whatever order their answers come',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 1_000, window: 1_000 });
    const peer = client.peer(raw.address);
    const calls = Array.from({ length: 1_000 }, (_, index) => peer.call('x', [index]));
    await world.settle();
    t.equal(client.stats().inFlightNow, 1_000);
    const answered = calls.map((_, index) => index).filter((index) => index % 3 !== 0);
    for (const index of answered.toReversed()) raw.answer(index, index);
    await world.settle();
    t.equal(client.stats().inFlightNow, 1_000 - answered.length);
    for (const index of answered) {
      const outcome = await calls[index];
      if (outcome?.state !== 'resolved' || outcome.value !== index) t.fail(`call ${index}`);
    }
  }),
);

t.test(
  'a second answer to a call by host name is a duplicate, whatever the address of the name',
  inWorld(async (t, world) => {
    for (const known of [false, true]) {
      const raw = await world.raw();
      const client = await world.endpoint({
        lookup: async () => Promise.resolve(raw.address.host),
      });
      if (known) client.peer(raw.address);
      const call = client.peer(`host.example:${raw.address.port}`).call('x');
      await world.settle();
      raw.answer(0, 'first');
      t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'first' });
      raw.answer(0, 'second');
      await world.settle();
      t.match(client.stats(), {
        peersNow: 1,
        fates: { 'response.matched': 1, 'response.duplicate': 1, 'response.wrongPeer': 0 },
      });
    }
  }),
);
