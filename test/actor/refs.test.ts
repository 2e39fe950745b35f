/** Where XState asks whether something is an actor ref, calls and peers answer as its own actors do. */
import t from 'tap';
import { assign, createActor, createEmptyActor, matchesState, setup, toPromise } from 'xstate';
import type { AnyActorRef } from 'xstate';
import type { Call } from '../../src/api/call.js';
import { inWorld } from '../fixtures/world.js';

/** A machine that keeps the refs it is given in its context. */
const keeper = setup({
  types: {
    context: {} as { refs: unknown[] },
    events: {} as { type: 'keep'; ref: unknown },
  },
}).createMachine({
  context: { refs: [] },
  on: {
    keep: { actions: assign({ refs: ({ context, event }) => [...context.refs, event.ref] }) },
  },
});

/** What is persisted of a ref in a context. */
function persisted(...refs: unknown[]): unknown[] {
  const actor = createActor(keeper).start();
  for (const ref of refs) actor.send({ type: 'keep', ref });
  const text = JSON.stringify(actor.getPersistedSnapshot());
  actor.stop();
  return (JSON.parse(text) as { context: { refs: unknown[] } }).context.refs;
}

t.test(
  'in a persisted context a call is a short reference, as every actor is',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const calls = [1, 2].map(() => peer.call('slow', [{ password: 'hunter2' }]));
    const own = createEmptyActor();
    const [ownRef, ...refs] = persisted(own, ...calls);
    const keys = Object.keys(ownRef as object);
    for (const [index, ref] of refs.entries()) {
      t.strictSame(Object.keys(ref as object), keys);
      t.match(ref, { id: calls[index]!.id });
    }
    t.strictSame(
      JSON.parse(JSON.stringify(calls)),
      calls.map(({ id }) => ({ ...(JSON.parse(JSON.stringify(own)) as object), id })),
      'and in JSON',
    );
  }),
);

t.test(
  'a ref has what XState looks for, and each is the actor itself',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const call = client.peer(raw.address).call('x') as Call & AnyActorRef;
    for (const name of ['sessionId', 'send', 'ref', 'getSnapshot', 'subscribe', 'start'] as const) {
      t.ok(name in call, name);
    }
    t.equal((call as unknown as { ref: unknown }).ref, call);
    t.ok(matchesState('awaiting', call.getSnapshot().value) || call.state === 'sent');
    await world.settle();
    raw.answer(0, 5);
    t.match(await world.clock.runUntil(toPromise(call)), { state: 'resolved', value: 5 });
  }),
);

t.test(
  'what runs already, or has ended, is not started again',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const started: string[] = [];
    const client = await world.endpoint({
      inspect: (event) => {
        if (event.type === '@xstate.actor') started.push((event.actorRef as AnyActorRef).id);
      },
    });
    const call = client.peer(raw.address).call('x') as Call & AnyActorRef;
    call.start();
    await world.settle();
    raw.answer(0, 5);
    await world.clock.runUntil(call);
    call.start();
    t.strictSame(
      started.filter((id) => id.startsWith('call ')),
      [call.id],
    );
    t.strictSame([call.state, raw.asked], ['resolved', ['x']]);
  }),
);
