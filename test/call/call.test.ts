import t from 'tap';
import { createActor, createMachine, sendTo, toPromise, waitFor } from 'xstate';
import type { Call } from '../../src/api/call.js';
import { callMachine } from '../../src/call/machine.js';
import type { Outcome } from '../../src/api/outcome.js';
import { RestlessClock } from '../fixtures/restless-clock.js';
import { inWorld, type World } from '../fixtures/world.js';

async function silentPeer(world: World, timeoutMs = 100) {
  const raw = await world.raw();
  const client = await world.endpoint({ timeoutMs });
  return { raw, client, peer: client.peer(raw.address) };
}

t.test(
  'awaiting twice gives the same outcome object, before and after the outcome',
  inWorld(async (t, world) => {
    const { raw, peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    const early = Promise.all([call, call]);
    await world.settle();
    raw.answer(0, { deep: true });
    const [first, second] = await world.clock.runUntil(early);
    t.equal(first, second);
    t.equal(await call, first);
    t.equal(call.getSnapshot().output, first);
  }),
);

t.test(
  '`then` takes both handlers, one, or none',
  inWorld(async (t, world) => {
    const { raw, peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    await world.settle();
    raw.answer(0, 1);
    await world.settle();
    const never = (): never => {
      throw new Error('a call never rejects');
    };
    t.equal(await call.then(({ state }) => state, never), 'resolved');
    t.equal(await call.then(({ state }) => state), 'resolved');
    t.equal((await call.then(null, never)).state, 'resolved');
    t.equal((await call.then()).state, 'resolved');
    const thrown = call.then(() => {
      throw new Error('in a handler');
    });
    await t.rejects(thrown, { message: 'in a handler' });
  }),
);

t.test(
  'a call returned from an async function becomes its outcome',
  inWorld(async (t, world) => {
    const { raw, peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    const wrapped = async (): Promise<Outcome> => call;
    const outcome = wrapped();
    await world.settle();
    raw.answer(0, 'answer');
    t.match(await world.clock.runUntil(outcome), { state: 'resolved', value: 'answer' });
  }),
);

t.test(
  'toPromise gives the outcome when the actor ends: after a time-out, when it has lingered',
  inWorld(async (t, world) => {
    const { raw, peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    const other = peer.call('y');
    await world.settle();
    raw.answer(1, 'quick');
    const quick = await world.clock.runUntil(toPromise(other));
    t.match(quick, { state: 'resolved', value: 'quick' });
    t.equal(await toPromise(other), quick, 'also once it has ended');
    const outcome = await world.clock.runUntil(toPromise(call));
    t.match(outcome, { state: 'timedOut' });
    t.equal(world.clock.nowMs(), 10_100);
    t.equal(call.state, 'lost');
  }),
);

t.test(
  'waitFor, subscribe, on and select see each state once',
  inWorld(async (t, world) => {
    const { raw, peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    const seen: string[] = [];
    const selected: string[] = [];
    call.subscribe({
      next: ({ value }) => seen.push(value),
      complete: () => seen.push('complete'),
    });
    call.on('*', ({ type }) => seen.push(type));
    const state = call.select(({ value }) => value);
    state.subscribe((value) => selected.push(value));
    t.equal(state.get(), 'sent');
    const awaiting = waitFor(call, (snapshot) => snapshot.matches('awaiting'));
    t.equal((await world.clock.runUntil(awaiting)).context.attempt, 1);
    await world.settle();
    raw.answer(0, 1);
    await world.settle();
    t.strictSame(seen, ['awaiting', 'call.resolved', 'resolved', 'complete']);
    t.strictSame(selected, ['awaiting', 'resolved']);
  }),
);

t.test(
  'the context says what was called at which peer, and the chart can be drawn',
  inWorld(async (t, world) => {
    const { peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    t.match(call.getSnapshot().context, {
      procedure: 'x',
      args: ['argument'],
      peer: '10.0.0.1:2000',
      transactionId: /^[0-9a-f]{40}$/,
      timeoutMs: 100,
      maxAttempts: undefined,
      calledAtMs: 0,
      sentAtMs: 0,
      reference: 7,
    });
    t.equal(call.id, `call x ${call.transactionId.slice(0, 4)}`);
    t.equal(call.logic, callMachine);
    t.equal(call.transactionId.length, 40);
  }),
);

t.test(
  "a user's machine can send events to a call",
  inWorld(async (t, world) => {
    const { peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    const machine = createMachine({
      on: { stop: { actions: sendTo(() => call, { type: 'cancel', reason: 'by machine' }) } },
    });
    const actor = createActor(machine).start();
    actor.send({ type: 'stop' });
    t.match(await call, { state: 'cancelled', reason: 'by machine' });
    actor.stop();
  }),
);

t.test(
  'an outcome is final: no later cancel, abort or answer changes it',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    await world.settle();
    raw.answer(0, 'first');
    const outcome = await world.clock.runUntil(call);
    call.cancel();
    call.send({ type: 'expired', verdict: 'peerSilent' });
    await client.close();
    t.equal(await call, outcome);
    t.match(client.stats().outcomes, { resolved: 1, cancelled: 0, timedOut: 0 });
  }),
);

t.test(
  "errors of a call's listeners and observers are reported and harm nothing",
  inWorld(async (t, world) => {
    const { raw, peer } = await silentPeer(world);
    const call = peer.call('x', ['argument'], { reference: 7 });
    const throwing = (place: string) => () => {
      throw new Error(place);
    };
    call.on('call.resolved', throwing('listener'));
    call.subscribe({ next: throwing('observer'), complete: throwing('complete') });
    peer.on('call.resolved', throwing('peer listener'));
    await world.settle();
    raw.answer(0, 'fine');
    t.match(await world.clock.runUntil(call), { value: 'fine' });
    const places = world.errors.splice(0).map((error) => (error as Error).message);
    t.strictSame(places, ['observer', 'listener', 'observer', 'complete', 'peer listener']);
  }),
);

t.test(
  'calls to one peer have different ids',
  inWorld(async (t, world) => {
    const { peer } = await silentPeer(world);
    const calls: Call[] = Array.from({ length: 50 }, () => peer.call('x'));
    t.equal(new Set(calls.map(({ transactionId }) => transactionId)).size, 50);
    t.equal(new Set(calls.map(({ sessionId }) => sessionId)).size, 50);
  }),
);

t.test(
  'a call that has ended leaves no alarm',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const rang: string[] = [];
    const client = await world.endpoint({
      window: 1,
      inspect: (inspected) => {
        if (inspected.type !== '@xstate.event') return;
        const { type } = inspected.event;
        if (type === 'expired' || type === 'retransmitted') rang.push(type);
      },
    });
    const peer = client.peer(raw.address);
    peer.call('answered');
    const cancelled = peer.call('cancelled when sent', [], { attempts: 3 });
    cancelled.subscribe((snapshot) => {
      if (snapshot.matches('sent')) cancelled.cancel();
    });
    await world.settle();
    raw.answer(0, 1);
    await world.clock.advance(10_000);
    t.strictSame([cancelled.state, rang], ['cancelled', []]);
  }),
);

t.test(
  'a call that need not wait is sent when it is made, another when it leaves the mailbox',
  inWorld(async (t, world) => {
    const clock = new RestlessClock(world.clock);
    const raw = await world.raw();
    const client = await world.endpoint({ clock, initialWindow: 1 });
    const peer = client.peer(raw.address);
    const [first, second] = [peer.call('x'), peer.call('x')];
    t.equal(first.getSnapshot().context.sentAtMs, first.getSnapshot().context.calledAtMs);
    t.equal(second.getSnapshot().context.sentAtMs, undefined);
    await world.settle();
    const answeredAfterMs = clock.nowMs();
    raw.answer(0, 1);
    await world.settle();
    t.ok(second.getSnapshot().context.sentAtMs! > answeredAfterMs);
    raw.answer(1, 2);
    await world.settle();
  }),
);
