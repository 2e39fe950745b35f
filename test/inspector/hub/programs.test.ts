import t from 'tap';
import { Reading } from '../../../src/cli/top/reading.js';
import { Hub } from '../../../src/inspector/hub/hub.js';
import type { InspectorReport } from '../../../src/inspector/hub/hub.js';
import { History } from '../../../src/inspector/hub/history.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { closedRecord, START_MS } from '../../fixtures/inspection-records.js';
import {
  actorRecord,
  actorStep,
  machineRecord,
  programCounts,
  programRecord,
} from '../../fixtures/machine-records.js';

/** The records of a program, numbered. */
function numbered(...records: readonly InspectionRecord[]): InspectionRecord[] {
  return records.map((record, index) => ({ ...record, seq: index + 1 }));
}

function outline(history: History): string[] {
  return history.all().map(({ type, seq }) => `${type} ${seq}`);
}

t.test('a late reader gets the program, its machines and the actors that live', async (t) => {
  const history = new History({ maxRecords: 0 });
  const records = numbered(
    programRecord(),
    machineRecord(),
    actorRecord('x:0', { machine: 1 }),
    actorStep('x:0'),
    actorRecord('x:1'),
    actorStep('x:1', { status: 'done' }),
    programCounts(1),
    actorStep('x:0'),
    actorStep('x:0'),
    actorStep('x:0'),
  );
  for (const record of records) t.ok(history.add(record));
  t.strictSame(outline(history), [
    'program 1',
    'machine 2',
    'actor 3',
    'actor.step 4',
    'program.counts 7',
    'actor.step 8',
    'actor.step 9',
    'actor.step 10',
  ]);
});

t.test(
  'actors are bounded: their steps, their number, and the charts of their machines',
  async (t) => {
    const history = new History({ maxRecords: 0, maxLiving: 3 });
    let seq = 0;
    const add = (record: InspectionRecord) => {
      seq += 1;
      return history.add({ ...record, seq });
    };
    add(programRecord());
    for (let actor = 0; actor < 5; actor += 1) add(actorRecord(`x:${actor}`));
    for (let step = 0; step < 200; step += 1) add(actorStep('x:4'));
    const actors = history.all().filter(({ type }) => type === 'actor');
    t.equal(actors.length, 3);
    const steps = history.all().filter(({ type }) => type === 'actor.step');
    t.equal(steps.length, 63);
    for (let machine = 0; machine < 400; machine += 1) add(machineRecord({}, { machine }));
    t.equal(history.all().filter(({ type }) => type === 'machine').length, 256);
    const long = 'x'.repeat(900_000);
    for (let machine = 0; machine < 10; machine += 1) add(machineRecord({}, { machine, id: long }));
    t.ok(history.all().filter(({ type }) => type === 'machine').length <= 256);
    t.ok(JSON.stringify(history.all()).length < 7_000_000);
  },
);

t.test('a program comes and goes as an endpoint does, but is not reported as one', async (t) => {
  const reports: InspectorReport[] = [];
  const hub = new Hub({ id: 'hub', nowMs: () => START_MS, onReport: (one) => reports.push(one) });
  const feed = hub.openFeed();
  const [program, actor] = numbered(programRecord(), actorRecord('x:0'));
  feed.take(program!);
  feed.take(actor!);
  feed.close();
  const again = hub.openFeed();
  again.take(program!);
  const sent: string[] = [];
  hub.openViewer({ send: (text) => sent.push(text), bufferedBytes: 0 });
  const { records } = JSON.parse(sent[0]!) as { records: InspectionRecord[] };
  t.strictSame(
    records.map(({ type }) => type),
    ['program', 'actor', 'endpoint.closed', 'program'],
  );
  t.strictSame([reports, hub.dropped], [[], 0]);
});

t.test('top shows endpoints alone', async (t) => {
  const reading = new Reading();
  const records = [
    ...numbered(programRecord(), machineRecord(), actorRecord('x:0'), actorStep('x:0')),
    closedRecord({ endpoint: 'program', lost: true }),
  ];
  for (const record of records) reading.add(record, START_MS);
  t.strictSame(reading.snapshot(START_MS).endpoints, []);
});
