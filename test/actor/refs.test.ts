/**
 * Where XState asks what an actor ref is, calls, handlers and peers answer as its own actors do.
 * Each question below is a place in XState's source, or in @xstate/react's `useSelector`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import {
  assign,
  createActor,
  forwardTo,
  fromObservable,
  fromTransition,
  isMachineSnapshot,
  sendTo,
  setup,
  stopChild,
  toPromise,
  waitFor,
} from 'xstate';
import type { AnyActorRef, AnyEventObject, InspectionEvent, Snapshot } from 'xstate';
import type { Call } from '../../src/api/call.js';
import type { HandlerScope } from '../../src/api/scope.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

/** A ref, and an event that it takes. */
interface Subject {
  readonly ref: AnyActorRef;
  readonly event: AnyEventObject;
}

const SECRET = 'hunter2';

/** A machine that keeps refs in its context, and deals with the first as XState's actions do. */
const keeper = setup({
  types: { context: {} as { refs: AnyActorRef[] }, events: {} as AnyEventObject },
  actors: { own: fromTransition((heard: string[], { type }) => [...heard, type], []) },
}).createMachine({
  context: { refs: [] },
  on: {
    spawn: {
      actions: assign({ refs: ({ context, spawn }) => [...context.refs, spawn('own')] }),
    },
    keep: { actions: assign({ refs: ({ event }) => [event['ref'] as AnyActorRef] }) },
    send: { actions: sendTo(firstRef, ({ event }) => event['event'] as AnyEventObject) },
    sendLater: {
      actions: sendTo(firstRef, ({ event }) => event['event'] as AnyEventObject, { delay: 5 }),
    },
    forward: { actions: forwardTo(firstRef) },
    stop: { actions: stopChild(firstRef) },
  },
});

function firstRef({ context }: { readonly context: { readonly refs: AnyActorRef[] } }) {
  return context.refs[0]!;
}

/** A child actor of XState's own, as every actor is that is not the root. */
function ownChild(): AnyActorRef {
  const parent = createActor(keeper).start();
  parent.send({ type: 'spawn' });
  return firstRef(parent.getSnapshot());
}

/** XState's own child, and a call, a handler and a peer of rpcudp, all of them alive. */
async function subjects(world: World): Promise<Readonly<Record<string, Subject>>> {
  const handlers: AnyActorRef[] = [];
  const server = await world.endpoint({
    handlers: { slow: (_: HandlerScope, _secret: string) => new Promise(() => undefined) },
    inspect: (event: InspectionEvent) => {
      const ref = event.actorRef as AnyActorRef;
      if (event.type === '@xstate.actor' && ref.id.startsWith('handler ')) handlers.push(ref);
    },
  });
  const client = await world.endpoint();
  const peer = client.peer<typeof server>(server.address);
  const call = peer.call('slow', [SECRET]);
  await world.settle();
  const [handler] = handlers;
  return {
    own: { ref: ownChild(), event: { type: 'poke' } },
    call: { ref: call, event: { type: 'cancel' } },
    handler: { ref: handler!, event: { type: 'poke' } },
    peer: { ref: peer, event: { type: 'call', procedure: 'slow', args: [SECRET] } },
  };
}

/** A machine that was given the ref, in its system's clock. Errors of its own are kept. */
function machineWith(ref: AnyActorRef, clock: World['clock']) {
  const seen: InspectionEvent[] = [];
  const actor = createActor(keeper, { clock, inspect: (event) => seen.push(event) });
  actor.subscribe({ error: () => undefined });
  actor.start().send({ type: 'keep', ref });
  return { actor, seen };
}

/** Asks the same question about all refs: the answers must be those of XState's own actor. */
function asked(
  question: string,
  answer: (subject: Subject, world: World, t: Test) => unknown,
): Promise<unknown> {
  return t.test(
    question,
    inWorld(async (t, world) => {
      const { own, ...ours } = await subjects(world);
      const expected = await answer(own!, world, t);
      t.not(expected, undefined);
      for (const [name, subject] of Object.entries(ours)) {
        t.strictSame(await answer(subject, world, t), expected, name);
      }
    }),
  );
}

/** An answer in which the id is not written out, as each actor has its own. */
function withoutId(json: string, { id }: AnyActorRef): string {
  return json.replaceAll(id, 'ID');
}

await asked('in a persisted context a ref is its id alone', ({ ref }, { clock }) => {
  const { actor } = machineWith(ref, clock);
  const { context } = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as {
    context: unknown;
  };
  return withoutId(JSON.stringify(context), ref);
});

await asked('in JSON as well', ({ ref }) => withoutId(JSON.stringify({ ref }), ref));

await asked('a restored context has only refs to children', ({ ref }, { clock }) => {
  const { actor } = machineWith(ref, clock);
  const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot())) as Snapshot<unknown>;
  return createActor(keeper, { snapshot }).getSnapshot().context.refs;
});

await asked('sendTo delivers, and reports to inspectors', ({ ref, event }, { clock }) => {
  const { actor, seen } = machineWith(ref, clock);
  actor.send({ type: 'send', event });
  const sent = seen.filter((one) => one.type === '@xstate.event' && one.actorRef === ref);
  const sources = sent.map((one) => 'sourceRef' in one && one.sourceRef === actor);
  return { sent: sent.length, sources, status: actor.getSnapshot().status };
});

await asked('sendTo with a delay delivers later', async ({ ref, event }, { clock }) => {
  const { actor, seen } = machineWith(ref, clock);
  actor.send({ type: 'sendLater', event });
  const sent = () => seen.filter((one) => one.type === '@xstate.event' && one.actorRef === ref);
  const before = sent().length;
  await clock.advance(5);
  return { before, after: sent().length, status: actor.getSnapshot().status };
});

await asked('forwardTo delivers what is not for the ref, to no effect', ({ ref }, { clock }) => {
  const { actor } = machineWith(ref, clock);
  const { status } = ref.getSnapshot() as Snapshot<unknown>;
  actor.send({ type: 'forward' });
  return [status, (ref.getSnapshot() as Snapshot<unknown>).status, actor.getSnapshot().status];
});

await asked('stopChild takes only children', ({ ref }, { clock }) => {
  const { actor } = machineWith(ref, clock);
  actor.send({ type: 'stop' });
  const { status, error } = actor.getSnapshot();
  return [status, withoutId(String(error), ref).replaceAll(actor.id, 'PARENT')];
});

await asked('it is not a root, so stop() throws', ({ ref }) => {
  try {
    ref.stop();
    return 'stopped';
  } catch (error) {
    return error instanceof Error;
  }
});

await asked('start() does nothing to what runs', ({ ref }) => {
  const before = ref.getSnapshot() as unknown;
  ref.start();
  return ref.getSnapshot() === before;
});

await asked('it is itself its ref, and observable', ({ ref }) => {
  const observable = (Symbol.observable as symbol | undefined) ?? '@@observable';
  const interop = (ref as unknown as Record<symbol | string, () => unknown>)[observable]!;
  return [(ref as AnyActorRef & { ref: unknown }).ref === ref, interop.call(ref) === ref];
});

await asked('it has a parent, whose system is its system', ({ ref }) => [
  typeof ref._parent?.sessionId,
  ref.system === ref._parent?.system,
  typeof ref.system.get,
]);

await asked('its ids are texts, and its logic can be run', ({ ref }) => [
  [typeof ref.id, typeof ref.sessionId],
  typeof (ref.src === 'own' ? { transition: Boolean } : (ref.src as object)),
]);

await asked('observers come and go', async ({ ref, event }, world) => {
  const heard: string[] = [];
  const first = ref.subscribe({
    next: () => heard.push('object'),
    error: () => heard.push('error'),
  });
  const another = ref.subscribe(() => heard.push('function'));
  const nothing = ref.subscribe({});
  // React takes the function off its subscription.
  Reflect.apply(Reflect.get(first, 'unsubscribe'), undefined, []);
  another.unsubscribe();
  nothing.unsubscribe();
  nothing.unsubscribe();
  ref.send(event);
  await world.settle();
  return heard;
});

await asked('useSelector gets the same snapshot while nothing happens', ({ ref }) => {
  const snapshot = ref.getSnapshot() as Snapshot<unknown>;
  const { status, output, error } = snapshot;
  return [snapshot === ref.getSnapshot(), status, output, error];
});

await asked('select takes part of it, and an observable runs on it', ({ ref }) => {
  const status = ref.select((snapshot) => (snapshot as Snapshot<unknown>).status);
  const runner = createActor(fromObservable(() => ref)).start();
  status.subscribe(() => undefined).unsubscribe();
  runner.stop();
  return status.get();
});

await asked('listeners come and go', ({ ref }) => {
  const subscription = ref.on('*', () => undefined);
  subscription.unsubscribe();
  return Object.keys(subscription);
});

await asked('a persisted snapshot of its own is data', ({ ref }) => {
  const persisted = ref.getPersistedSnapshot();
  return (JSON.parse(JSON.stringify(persisted)) as Snapshot<unknown>).status;
});

t.test(
  'what runs a machine has the snapshot of a machine',
  inWorld(async (t, world) => {
    const { call, handler, peer } = await subjects(world);
    t.ok(isMachineSnapshot(call!.ref.getSnapshot()));
    t.ok(isMachineSnapshot(handler!.ref.getSnapshot()));
    t.notOk(isMachineSnapshot(peer!.ref.getSnapshot()), 'a peer shows more than its machine does');
  }),
);

t.test(
  'toPromise and waitFor end when the actor does',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    const call = peer.call('x') as Call & AnyActorRef;
    const done = waitFor(call, ({ status }) => status === 'done');
    const heard = waitFor(peer, ({ health }) => health === 'responsive');
    const closed: Promise<undefined> = toPromise(peer);
    await world.settle();
    raw.answer(0, 5);
    t.match(await world.clock.runUntil(toPromise(call)), { state: 'resolved', value: 5 });
    t.match(await world.clock.runUntil(done), { output: { value: 5 } });
    t.match(await world.clock.runUntil(heard), { status: 'active', address: peer.address });
    await world.clock.runUntil(client.close());
    t.match(await world.clock.runUntil(closed.then((output) => [output])), [undefined]);
    t.equal(peer.getSnapshot().status, 'done');
    await t.rejects(
      waitFor(peer, ({ health }) => health === 'silent'),
      /without satisfying/,
    );
  }),
);

t.test(
  'nothing of a call is in what is persisted of a ref to it',
  inWorld(async (t, world) => {
    for (const { ref } of Object.values(await subjects(world))) {
      const { actor } = machineWith(ref, world.clock);
      t.notMatch(JSON.stringify([actor.getPersistedSnapshot(), ref]), SECRET);
    }
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

/**
 * What XState reads of refs that it did not make itself, or that it may not have made. What is
 * asked only of its own children is in the second list. A new version that asks more fails here.
 */
const ASKED = ['sessionId', 'send', 'ref', '_send', '_parent', 'id', 'getSnapshot', 'subscribe'];
const ASKED_OF_CHILDREN = [
  ...['_processingStatus', '_stop', '_syncSnapshot', 'getPersistedSnapshot', 'src', 'start'],
  ...['systemId', 'xstate$$type', 'machine', 'value', 'children'],
];

t.test('these are all the places', (t) => {
  const folder = join(import.meta.dirname, '../../node_modules/xstate/dist');
  const files = readdirSync(folder).filter(
    (name) => name.endsWith('.development.esm.js') && !/-(dev|graph)\./.test(name),
  );
  const source = files
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
    .replaceAll(/^\s*(\*|\/\/).*$/gm, '');
  const reads = source.matchAll(
    /'([\w$]+)' in (?:value|snapshot)\b|\b(?:actorRef|resolvedActorRef|child|actor)\.([A-Za-z_]\w*)|\btarget\.(_\w+)/g,
  );
  const names = new Set([...reads].map(([, asked, read, sent]) => asked ?? read ?? sent ?? ''));
  names.delete('type'); // of a child of a state
  t.strictSame([...names].sort(), [...ASKED, ...ASKED_OF_CHILDREN].sort());
  t.end();
});
