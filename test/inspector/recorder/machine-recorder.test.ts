import process from 'node:process';
import t from 'tap';
import {
  assign,
  createActor,
  createMachine,
  fromCallback,
  fromPromise,
  sendTo,
  setup,
} from 'xstate';
import { MachineRecorder } from '../../../src/inspector/recorder/machine-recorder.js';
import { RecordedActors } from './recorded-actors.js';

/** More than the longest period in which the recorder waits. */
const A_WHILE_MS = 300;

const light = setup({
  types: { context: {} as { cycles: number }, events: {} as { type: 'next' | 'break' } },
}).createMachine({
  id: 'light',
  context: { cycles: 0 },
  initial: 'on',
  states: {
    on: {
      initial: 'green',
      states: {
        green: { on: { next: 'red' } },
        red: {
          on: {
            next: {
              target: 'green',
              actions: assign({ cycles: ({ context }) => context.cycles + 1 }),
            },
          },
        },
      },
      on: { break: 'broken' },
    },
    broken: { type: 'final' },
  },
});

t.test(
  'an actor is recorded from its start to its end, with chart, states and context',
  async (t) => {
    const recorded = new RecordedActors();
    const actor = createActor(light, { inspect: recorded.recorder.inspect }).start();
    actor.send({ type: 'next' });
    actor.send({ type: 'next' });
    actor.send({ type: 'break' });
    const [program] = recorded.of('program');
    t.match(program, { seq: 1, name: 'program', processId: process.pid, process: /^[\da-f]{12}$/ });
    const [machine] = recorded.of('machine');
    t.match(machine, { machine: 1, id: 'light' });
    t.match(recorded.of('actor'), [{ session: actor.sessionId, machine: 1 }]);
    t.strictSame(recorded.path(actor.id), [
      'xstate.init active on.green',
      'next active on.red',
      'next active on.green',
      'break done broken',
    ]);
    const steps = recorded.steps(actor.id);
    t.strictSame(
      steps.map(({ context }) => context),
      [{ cycles: 0 }, undefined, { cycles: 1 }, undefined],
      'the context, when it changes',
    );
    const taken = steps.flatMap((step) => step.taken ?? []);
    t.strictSame(
      taken.map((place) => machine?.chart.transitions[place]?.from),
      ['on.green', 'on.red', 'on'],
    );
    t.strictSame(recorded.faults(), []);
  },
);

const child = fromPromise(async ({ input }: { input: { secret: string } }) =>
  Promise.resolve({ token: input.secret }),
);
const worker = fromCallback<{ type: 'work'; password: string }>(({ receive, sendBack }) => {
  receive(({ password }) => {
    sendBack({ type: 'worked', password });
  });
});
const parent = setup({
  types: { context: {} as { password: string }, events: {} as { type: 'worked' } },
  actors: { child, worker },
}).createMachine({
  context: { password: 'hunter2' },
  invoke: { id: 'worker', src: 'worker' },
  entry: sendTo('worker', { type: 'work', password: 'hunter2' }),
  initial: 'waiting',
  states: {
    waiting: {
      invoke: {
        src: 'child',
        input: { secret: 'hunter2' },
        onDone: {
          target: 'ready',
          actions: assign({ password: ({ event }) => event.output.token }),
        },
      },
    },
    ready: { type: 'final' },
  },
});

t.test('actors stand below their parents, and events tell who sent them', async (t) => {
  const recorded = new RecordedActors();
  const actor = createActor(parent, { id: 'parent', inspect: recorded.recorder.inspect }).start();
  await Promise.resolve();
  await new Promise(setImmediate);
  const root = recorded.actor('parent');
  t.equal(recorded.actor('child').parent, root.session);
  t.equal(recorded.actor('worker').parent, root.session);
  const sender = (event: string) =>
    recorded.steps('parent').find((step) => step.event === event)?.sender;
  t.equal(sender('worked'), recorded.actor('worker').session);
  t.equal(sender(`xstate.done.actor.0.${parent.id}.waiting`), recorded.actor('child').session);
  t.equal(recorded.steps('worker').find(({ event }) => event === 'work')?.sender, root.session);
  t.match(recorded.steps('parent').at(-1), { status: 'done', states: ['ready'] });
  t.match(recorded.steps('child').at(-1), { status: 'done', output: { token: 'hunter2' } });
  t.match(recorded.steps('worker').at(-1), { status: 'stopped' });
  t.equal(actor.getSnapshot().status, 'done');
  t.strictSame(recorded.faults(), []);
});

t.test('nothing that a mask names is in any record', async (t) => {
  for (const mask of [
    ['password', 'token', 'secret'],
    ({ path }: { path: readonly string[] }) => /password|token|secret/.test(path.at(-1) ?? ''),
  ]) {
    const recorded = new RecordedActors({ mask });
    createActor(parent, { id: 'parent', inspect: recorded.recorder.inspect }).start();
    await new Promise(setImmediate);
    t.match(recorded.steps('parent').at(-1), { status: 'done' });
    const text = JSON.stringify(recorded.records);
    t.notMatch(text, /hunter2/);
    t.match(text, /\(masked\)/);
  }
});

t.test('an actor that runs already is found, with all others of its system', async (t) => {
  const recorded = new RecordedActors();
  const family = setup({ actors: { light } }).createMachine({
    initial: 'here',
    states: { here: { invoke: { id: 'lamp', src: 'light' } } },
  });
  const actor = createActor(family, { id: 'family' }).start();
  const lamp = actor.getSnapshot().children['lamp'];
  lamp?.send({ type: 'next' });
  recorded.recorder.watch(lamp!);
  recorded.recorder.watch(actor);
  lamp?.send({ type: 'next' });
  t.strictSame(recorded.path('family'), ['inspection.attached active here']);
  t.strictSame(recorded.path('lamp'), [
    'inspection.attached active on.red',
    'next active on.green',
  ]);
  recorded.recorder.stop();
  lamp?.send({ type: 'next' });
  t.equal(recorded.path('lamp').length, 2, 'until the recorder is stopped');
});

t.test('an observer that was given twice tells everything once', async (t) => {
  const recorded = new RecordedActors();
  const actor = createActor(light, { id: 'light', inspect: recorded.recorder.inspect });
  recorded.recorder.watch(actor);
  actor.start();
  actor.send({ type: 'next' });
  t.strictSame(recorded.path('light'), [
    'inspection.attached active on.green',
    'xstate.init active on.green',
    'next active on.red',
  ]);
});

t.test('equal machines are told once, however many there are', async (t) => {
  const recorded = new RecordedActors();
  const { inspect } = recorded.recorder;
  const make = () => createMachine({ id: 'same', initial: 'a', states: { a: {} } });
  for (let made = 0; made < 5; made += 1) createActor(make(), { inspect }).start();
  createActor(light.provide({}), { inspect }).start();
  createActor(light, { inspect }).start();
  t.strictSame(
    recorded.of('machine').map(({ id }) => id),
    ['same', 'light'],
  );
  t.equal(recorded.of('actor').length, 7);
});

t.test('an actor whose action throws is seen to fail', async (t) => {
  const recorded = new RecordedActors();
  const bad = createMachine({
    on: {
      go: {
        actions: () => {
          throw new Error('a mistake');
        },
      },
    },
  });
  const actor = createActor(bad, { id: 'bad', inspect: recorded.recorder.inspect });
  actor.subscribe({ error: () => undefined });
  actor.start();
  actor.send({ type: 'go' });
  await recorded.clock.advance(A_WHILE_MS);
  t.match(recorded.steps('bad').at(-1), { status: 'error', error: { message: 'a mistake' } });
});

t.test(
  'of a storm of events few are shown, the state is right, and the rest is counted',
  async (t) => {
    const recorded = new RecordedActors();
    const { inspect } = recorded.recorder;
    const busy = createActor(light, { id: 'busy', inspect }).start();
    const calm = createActor(light, { id: 'calm', inspect }).start();
    for (let sent = 0; sent < 5_001; sent += 1) busy.send({ type: 'next' });
    calm.send({ type: 'next' });
    t.equal(recorded.path('calm').length, 2, 'the others are not pushed out');
    t.equal(recorded.path('busy').length, 25);
    await recorded.clock.advance(A_WHILE_MS);
    const last = recorded.steps('busy').at(-1);
    t.match(last, { event: 'next', states: ['on.red'], context: { cycles: 2_500 } });
    t.equal(recorded.path('busy').length, 26);
    const skipped = 5_002 - 26;
    t.equal(last?.skipped, skipped);
    t.match(recorded.of('program.counts').at(-1), { skipped: { actors: 0, steps: skipped } });
    t.strictSame(recorded.faults(), []);
    await recorded.clock.advance(10 * A_WHILE_MS);
    t.equal(recorded.clock.pendingTimers, 0, 'and then it rests');
  },
);

t.test('of a storm of actors few are shown, those that fail among them', async (t) => {
  const recorded = new RecordedActors();
  const { inspect } = recorded.recorder;
  const failing = fromPromise(() => Promise.reject(new Error('no')));
  const make = (logic: typeof failing | typeof light, id: string) => {
    const actor = createActor(logic as typeof light, { id, inspect });
    actor.subscribe({ error: () => undefined });
    actor.start();
    return actor;
  };
  const made = Array.from({ length: 500 }, (_, index) => make(light, `light ${index}`));
  make(failing, 'failing');
  await new Promise(setImmediate);
  t.equal(recorded.of('actor').length, 51);
  t.match(recorded.steps('failing').at(-1), { status: 'error' });
  for (const actor of made) actor.send({ type: 'next' });
  await recorded.clock.advance(A_WHILE_MS);
  t.equal(recorded.of('actor').length, 51, 'what was not shown stays so');
  t.match(recorded.of('program.counts').at(-1)?.skipped.actors, 450);
  make(light, 'later');
  t.match(recorded.actor('later'), { id: 'later' });
});

t.test('a context of any size costs little: what is too large is left out', async (t) => {
  const recorded = new RecordedActors();
  const large = Array.from({ length: 100_000 }, (_, index) => ({ index }));
  const circular: Record<string, unknown> = { large: 'x'.repeat(1_000_000) };
  circular['self'] = circular;
  const context = { small: 1, large, circular, bytes: new Uint8Array(1_000_000) };
  const machine = createMachine({ context, initial: 'a', states: { a: {} } });
  createActor(machine, { id: 'large', inspect: recorded.recorder.inspect }).start();
  const [step] = recorded.steps('large');
  t.match(step?.context, { small: 1, large: '(too large to be shown)' });
  t.ok(JSON.stringify(step).length < 20_000);
  t.strictSame(recorded.faults(), []);
});

t.test('what cannot be read harms nobody', async (t) => {
  const recorded = new RecordedActors();
  const broken = {
    get value(): never {
      throw new Error('do not look');
    },
  };
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  t.teardown(() => process.off('warning', listen));
  const machine = createMachine({ context: { broken, whole: 1 }, on: { go: {} } });
  const actor = createActor(machine, { id: 'broken', inspect: recorded.recorder.inspect }).start();
  actor.send({ type: 'go' });
  t.equal(actor.getSnapshot().status, 'active');
  t.match(recorded.steps('broken')[0]?.context, { broken: '(reading it threw)', whole: 1 });
  t.equal(recorded.steps('broken').length, 2);

  const { inspect } = new MachineRecorder(() => {
    throw new Error('a broken sink');
  });
  createActor(light, { inspect }).start().send({ type: 'next' });
  await new Promise(setImmediate);
  t.strictSame(
    warnings.map(({ message }) => message).filter((message) => message === 'a broken sink'),
    ['a broken sink'],
    'one warning for all that a sink throws',
  );
});
