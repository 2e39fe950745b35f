/** What a light actor offers to users of XState's actors, and that nothing can break it. */
import t from 'tap';
import { assign, createActor, emit, sendTo, setup, toPromise, waitFor } from 'xstate';
import type { ActorRefFrom, InspectionEvent } from 'xstate';
import { Inspection } from '../../src/actor/inspection.js';
import { LightActor } from '../../src/actor/light-actor.js';
import { compileTable } from '../../src/actor/table.js';

type CounterEvent = { type: 'add'; by: number } | { type: 'stop' };

const counter = setup({
  types: {
    input: {} as { start: number },
    context: {} as { count: number },
    events: {} as CounterEvent,
    emitted: {} as { type: 'added'; count: number },
    output: {} as number,
  },
  actions: {
    add: assign(({ context, event }) =>
      event.type === 'add' ? { count: context.count + event.by } : {},
    ),
    tell: emit(({ context }) => ({ type: 'added' as const, count: context.count })),
  },
}).createMachine({
  id: 'counter',
  context: ({ input }) => ({ count: input.start }),
  initial: 'counting',
  states: {
    counting: { on: { add: { actions: ['add', 'tell'] }, stop: { target: 'stopped' } } },
    stopped: { type: 'final' },
  },
  output: ({ context }) => context.count,
});

const table = compileTable(counter);

function counting(start = 0, inspect?: (event: InspectionEvent) => void) {
  const errors: unknown[] = [];
  const reportError = (error: unknown): void => void errors.push(error);
  const home = { inspection: new Inspection(reportError), reportError };
  if (inspect !== undefined) home.inspection.attach(inspect);
  return { actor: new LightActor(table, home, { start }), errors };
}

t.test('toPromise resolves to its output, also when it has already ended', async (t) => {
  const { actor } = counting(1);
  const before = toPromise(actor);
  actor.send({ type: 'add', by: 2 });
  actor.send({ type: 'stop' });
  t.equal(await before, 3);
  t.equal(await toPromise(actor), 3);
});

t.test('waitFor sees a state as soon as it is reached', async (t) => {
  const { actor } = counting();
  const reached = waitFor(actor, (snapshot) => snapshot.context.count === 5);
  actor.send({ type: 'add', by: 5 });
  t.equal((await reached).context.count, 5);
});

t.test('select notifies only of changes of the selection', (t) => {
  const { actor } = counting();
  const even = actor.select((snapshot) => snapshot.context.count % 2 === 0);
  const seen: boolean[] = [];
  even.subscribe((value) => seen.push(value));
  for (const by of [2, 1, 2, 1]) actor.send({ type: 'add', by });
  t.strictSame(seen, [false, true]);
  t.equal(even.get(), true);
  t.end();
});

t.test('unsubscribing ends notifications and events', (t) => {
  const { actor } = counting();
  const seen: string[] = [];
  const snapshots = actor.subscribe(() => seen.push('snapshot'));
  const events = actor.on('added', () => seen.push('added'));
  actor.send({ type: 'add', by: 1 });
  snapshots.unsubscribe();
  events.unsubscribe();
  actor.send({ type: 'add', by: 1 });
  t.strictSame(seen, ['added', 'snapshot']);
  t.end();
});

t.test('an event sent while another is processed waits for its turn', (t) => {
  const { actor } = counting();
  const seen: number[] = [];
  actor.on('added', ({ count }) => {
    if (count < 3) actor.send({ type: 'add', by: 1 });
  });
  actor.subscribe(({ context }) => seen.push(context.count));
  actor.send({ type: 'add', by: 1 });
  t.strictSame(seen, [1, 2, 3]);
  t.end();
});

t.test('errors of observers and listeners are reported, and stop nothing', (t) => {
  const { actor, errors } = counting();
  const seen: number[] = [];
  actor.subscribe(() => {
    throw new Error('observer');
  });
  actor.on('*', () => {
    throw new Error('listener');
  });
  actor.subscribe(({ context }) => seen.push(context.count));
  actor.send({ type: 'add', by: 4 });
  t.strictSame(seen, [4]);
  t.strictSame(
    errors.map((error) => (error as Error).message),
    ['listener', 'observer'],
  );
  t.end();
});

t.test('an inspector that throws is reported once', (t) => {
  const { actor, errors } = counting(0, () => {
    throw new Error('inspector');
  });
  actor.send({ type: 'add', by: 1 });
  t.equal(actor.context.count, 1);
  t.equal(errors.length, 1);
  t.end();
});

t.test("a user's machine can send events to it", (t) => {
  const { actor } = counting();
  const machine = setup({
    types: { context: {} as { target: ActorRefFrom<typeof counter> } },
  }).createMachine({
    context: { target: actor },
    on: { poke: { actions: sendTo(({ context }) => context.target, { type: 'add', by: 7 }) } },
  });
  createActor(machine).start().send({ type: 'poke' });
  t.equal(actor.context.count, 7);
  t.end();
});

t.test('it cannot be stopped from outside, and persists as XState does', (t) => {
  const { actor } = counting(9);
  t.throws(() => actor.stop(), { message: /cannot be stopped directly/ });
  t.match(actor.getPersistedSnapshot(), { value: 'counting', context: { count: 9 } });
  t.strictSame(JSON.parse(JSON.stringify(actor)), { xstate$$type: 1, id: actor.id });
  t.equal(actor.start(), actor);
  t.end();
});

t.test('a snapshot does not change after it was taken', (t) => {
  const { actor } = counting();
  const before = actor.getSnapshot();
  actor.send({ type: 'add', by: 1 });
  t.equal(before.context.count, 0);
  t.not(actor.getSnapshot(), before);
  t.equal(actor.getSnapshot(), actor.getSnapshot());
  t.end();
});

t.test('a listener to an emitted event finds the actor in its new state', (t) => {
  const { actor } = counting();
  const seen: number[] = [];
  actor.on('added', () => seen.push(actor.getSnapshot().context.count));
  actor.getSnapshot();
  actor.send({ type: 'add', by: 5 });
  actor.send({ type: 'add', by: 2 });
  t.strictSame(seen, [5, 7]);
  t.end();
});

t.test('an event that throws when it is read does not stop the actor for good', (t) => {
  const { actor } = counting();
  const broken = {
    type: 'add' as const,
    get by(): number {
      throw new Error('not to be read');
    },
  };
  t.throws(() => {
    actor.send(broken);
  }, /not to be read/);
  actor.send({ type: 'add', by: 2 });
  t.equal(actor.getSnapshot().context.count, 2);
  t.end();
});
