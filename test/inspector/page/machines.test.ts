import t from 'tap';
import { actorName, logicWords } from '../../../src/inspector/page/store/actor-names.js';
import { treeRows } from '../../../src/inspector/page/store/actor-tree.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import {
  actorStatus,
  contextAt,
  lastStep,
  Machines,
} from '../../../src/inspector/page/store/machines.js';
import { eventWords } from '../../../src/inspector/page/store/machine-words.js';
import {
  recordLines,
  RecordingReader,
  recordsOf,
} from '../../../src/inspector/page/store/recording.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { callRecord, closedRecord, endpointRecord } from '../../fixtures/inspection-records.js';
import {
  actorRecord,
  actorStep,
  machineRecord,
  PROCESS,
  programCounts,
  programRecord,
} from '../../fixtures/machine-records.js';

function storeOf(...records: readonly InspectionRecord[]): InspectionStore {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  return store;
}

const keyOf = (session: string) => `program ${session}`;

/** The tree as lines, indented by level. */
function tree({ machines }: InspectionStore, closed: readonly string[] = []): string[] {
  return treeRows(machines, new Set(closed.map(keyOf))).map(
    ({ program, actor, level }) =>
      '  '.repeat(level - 1) + (actor === undefined ? program.record.name : actorName(actor)),
  );
}

t.test('actors stand in a tree, below their programs and parents', async (t) => {
  const records = [
    programRecord(),
    machineRecord(),
    actorRecord('x:0', { machine: 1 }),
    actorRecord('x:1', { parent: 'x:0', id: 'child' }),
    actorRecord('x:2', { parent: 'x:1', id: '0.light.on', source: 'ask', procedure: 'find' }),
    actorRecord('x:3', { parent: 'x:99', id: 'lost' }),
  ];
  const store = storeOf(...records);
  t.strictSame(tree(store), ['main.js', '  light', '    child', '      ask', '  lost']);
  t.strictSame(tree(store, ['x:0']), ['main.js', '  light', '  lost']);
  t.strictSame(
    ['x:0', 'x:1', 'x:2'].map((session) => logicWords(store.machines.actor(keyOf(session))!)),
    ['machine light', 'no machine', 'a call of find'],
  );
  for (const record of records) store.apply(record);
  t.equal(tree(store).length, 5, 'an actor that comes again is the same');
});

t.test('an actor has its state and context after each step', async (t) => {
  const store = storeOf(
    programRecord(),
    actorRecord('x:0'),
    actorStep('x:0', { context: { n: 1 }, states: ['a'] }),
    actorStep('x:0', { states: ['b'] }),
    actorStep('x:0', { context: { n: 2 }, states: ['c'], status: 'done', skipped: 3 }),
    actorStep('x:0', { event: 'after its end' }),
  );
  const actor = store.machines.actor(keyOf('x:0'))!;
  t.match(lastStep(actor), { states: ['c'] });
  t.strictSame(
    actor.steps.map((_, index) => contextAt(actor.steps, index)),
    [{ n: 1 }, { n: 1 }, { n: 2 }],
  );
  t.equal(actor.stepsDropped, 3);
  t.equal(actorStatus(actor), 'done');
});

t.test('what was said of an actor ends with its program, until that is back', async (t) => {
  const store = storeOf(programRecord(), actorRecord('x:0'), actorStep('x:0'));
  const actor = store.machines.actor(keyOf('x:0'))!;
  store.apply(closedRecord({ endpoint: 'program', lost: true }));
  t.equal(actorStatus(actor), 'lost');
  store.apply(programRecord());
  t.equal(actorStatus(actor), 'active');
});

t.test('a call and the actor that made it lead to each other', async (t) => {
  const madeBy = { process: PROCESS, session: 'x:1' };
  const store = storeOf(
    endpointRecord(),
    programRecord(),
    machineRecord(),
    actorRecord('x:0', { machine: 1 }),
    actorRecord('x:1', { parent: 'x:0' }),
    actorRecord('x:2', { parent: 'x:0', machine: 1 }),
    callRecord({ actor: 1, madeBy }),
    callRecord({ actor: 2, madeBy: { process: PROCESS, session: 'x:2' } }),
    callRecord({ actor: 3, madeBy: { process: 'another', session: 'x:1' } }),
    callRecord({ actor: 4 }),
  );
  const { machines } = store;
  const made = (session: string) =>
    machines.madeBy(machines.actor(keyOf(session))!).map(({ record }) => record.actor);
  t.strictSame(made('x:1'), [1]);
  t.strictSame(made('x:0'), [1], 'those of its children too, but for those that are machines');
  t.strictSame(made('x:2'), [2]);
  const sides = [...store.transactions()].flatMap((one) => one.sides);
  t.strictSame(
    sides.map((side) => machines.makerOf(side)?.record.session),
    ['x:1', 'x:2', undefined, undefined],
  );
  for (const side of sides) machines.removed(side);
  t.strictSame(made('x:0'), []);
});

t.test(
  'everything is bounded: ended actors go first, and a busy actor loses its own steps',
  async (t) => {
    const machines = new Machines({ actors: 3, steps: 20 });
    machines.apply(programRecord());
    for (const session of ['x:0', 'x:1', 'x:2']) machines.apply(actorRecord(session));
    machines.apply(actorStep('x:1', { status: 'error' }));
    machines.apply(actorStep('x:0', { context: { first: true } }));
    for (let step = 0; step < 1_000; step += 1) machines.apply(actorStep('x:2', { seq: step }));
    machines.apply(actorRecord('x:3'));
    t.strictSame(
      machines.actors.map(({ record }) => record.session),
      ['x:0', 'x:2', 'x:3'],
    );
    t.equal(machines.actor(keyOf('x:0'))?.steps.length, 1);
    const busy = machines.actor(keyOf('x:2'))!;
    t.ok(busy.steps.length >= 9 && busy.steps.length <= 19);
    t.equal(busy.steps.length + busy.stepsDropped, 1_000);
    machines.apply(actorRecord('x:4'));
    t.equal(machines.actor(keyOf('x:0')), undefined, 'then the oldest');

    const one = new Machines();
    one.apply(programRecord());
    one.apply(actorRecord('x:0'));
    one.apply(actorStep('x:0', { context: { n: 1 } }));
    for (let step = 0; step < 300; step += 1) one.apply(actorStep('x:0'));
    const { steps } = one.actor(keyOf('x:0'))!;
    t.equal(steps.length, 200);
    t.strictSame(
      contextAt(steps, 0),
      { n: 1 },
      'the context is not lost with the step that made it',
    );
  },
);

t.test('a recording of the page has the actors, and shows them again', async (t) => {
  const store = storeOf(
    programRecord(),
    machineRecord(),
    actorRecord('x:0', { machine: 1, seq: 1 }),
    actorStep('x:0', { seq: 2 }),
    programCounts(4),
  );
  const reader = new RecordingReader(recordLines(recordsOf(store)));
  const again = new InspectionStore();
  while (!reader.done) again.apply(reader.next()!);
  t.equal(reader.refused, 0);
  t.strictSame(recordsOf(again), recordsOf(store));
  t.strictSame(tree(again), tree(store));

  const living = storeOf(...store.machines.livingRecords());
  t.strictSame(tree(living), tree(store));
});

t.test("XState's own events have words", async (t) => {
  const sources = new Map([['0.light.on', 'ask']]);
  t.strictSame(
    [
      'go',
      '',
      '*',
      'xstate.init',
      'xstate.after.200.light.on',
      'xstate.after.delay.light.on',
      'xstate.done.actor.0.light.on',
      'xstate.error.actor.0.light.off',
      'xstate.done.actor.worker',
      'xstate.done.state.light.on',
      'xstate.snapshot.worker',
      'constructor',
    ].map((event) => eventWords(event, sources)),
    [
      'go',
      'always',
      'any other event',
      'started',
      'after 200 ms',
      'after delay',
      'ask done',
      'invoked failed',
      'worker done',
      'on done',
      'snapshot of worker',
      'constructor',
    ],
  );
});
