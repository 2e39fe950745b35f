import t from 'tap';

import { ILLNESSES } from '../../../demos/inspect/illness.js';
import { nameOf } from '../../../demos/inspect/crowd.js';
import type { Diagnosis } from '../../../src/inspector/page/store/diagnosis.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { surveyOf } from '../../../src/inspector/page/store/survey.js';
import type { Survey } from '../../../src/inspector/page/store/survey.js';
import type { TimeRange } from '../../../src/inspector/page/store/time-range.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  callRecord,
  countsRecord,
  endpointRecord,
  finalStep,
  sampleTraffic,
  START_MS,
  stepRecord,
} from '../../fixtures/inspection-records.js';
import { recordsOf } from './simulated-crowd.js';

t.setTimeout(240_000);

function surveyed(records: readonly InspectionRecord[], timeRange?: TimeRange): Survey {
  const store = new InspectionStore();
  for (const one of records) store.apply(structuredClone(one));
  const choice = { nowMs: store.lastAtMs ?? 0, goesOn: true, timeRange, passes: undefined };
  const steps = surveyOf(store, { ...choice, picked: new Set() });
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value!;
  }
}

function diagnosed(records: readonly InspectionRecord[], timeRange?: TimeRange): Diagnosis {
  return surveyed(records, timeRange).diagnosis;
}

/** `cause at party` of each finding, in their order. */
function told({ findings }: Diagnosis): string[] {
  return findings.map(({ cause, party }) => `${cause} at ${party?.name ?? 'nobody'}`);
}

for (const [seed, illness] of ILLNESSES.entries()) {
  t.test(`${illness} is told, and at whom, and nothing else: seed ${seed}`, async (t) => {
    const index = (7 * seed + 3) % 25;
    const records = await recordsOf({ seed, ill: { index, illness } });
    const diagnosis = diagnosed(records);
    // An old version feeds no inspector, so it has no name.
    const name = illness === 'oldVersion' ? '10\\.0\\.0\\.1:\\d+' : nameOf(index);
    t.match(told(diagnosis).join(', '), new RegExp(`^${illness} at ${name}$`));
    t.match(diagnosis.findings[0]?.evidence.join(' '), /\d/, 'with numbers as evidence');
    t.ok((diagnosis.findings[0]?.suffered ?? 0) > 0);
  });
}

t.test('a healthy network raises no alarm', async (t) => {
  for (const seed of [1, 2]) {
    const diagnosis = diagnosed(await recordsOf({ seed }));
    t.same(told(diagnosis), [], `seed ${seed}`);
    t.ok(diagnosis.isEnough);
    t.equal(diagnosis.parties, 25);
  }
});

t.test('where all lose, nobody is blamed', async (t) => {
  for (const seed of [1, 2]) {
    const diagnosis = diagnosed(await recordsOf({ seed, loss: 0.1 }));
    t.same(told(diagnosis), ['lossBothWays at nobody'], `seed ${seed}`);
    t.match(diagnosis.findings[0]?.words, /among \d+ endpoints, and nobody stands out/);
  }
});

t.test(
  'one that loses more than all others is blamed for it, beside the loss of all',
  async (t) => {
    const ill = { index: 20, illness: 'lossOneWay' } as const;
    const records = await recordsOf({ seed: 4, loss: 0.05, lastsMs: 40_000, ill });
    t.same(told(diagnosed(records)), ['lossOneWay at node 21', 'lossBothWays at nobody']);
  },
);

t.test('where all are slow, nobody is blamed', async (t) => {
  const sleepMs = (ms: number) => (ms < 100 ? 40 * ms : ms);
  const diagnosis = diagnosed(await recordsOf({ seed: 1, size: 10, sleepMs }));
  t.notMatch(told(diagnosis).join(), /node/);
});

t.test('a page that comes late blames nobody for what it has not seen', async (t) => {
  const records = await recordsOf({ seed: 1 });
  for (const share of [0.3, 0.6, 0.9]) {
    // As the hub forgets: the endpoints stay, and the latest records.
    const from = Math.floor(records.length * share);
    const left = records.filter(({ type }, index) => type === 'endpoint' || index >= from);
    t.same(told(diagnosed(left)), []);
  }
});

t.test('what is not shown is not taken for lost', async (t) => {
  const records = await recordsOf({ seed: 1, size: 10 });
  const [deaf] = records;
  const left = records.filter(
    ({ endpoint, type }) => endpoint !== deaf?.endpoint || !/datagram|handler|step/.test(type),
  );
  const hiding = left.map((one) =>
    one.type === 'counts' && one.endpoint === deaf?.endpoint ? { ...one, oneIn: 2 } : one,
  );
  t.same(told(diagnosed(hiding)), []);
});

t.test('only what was in the range counts', async (t) => {
  const ill = { index: 3, illness: 'restarted' } as const;
  const records = await recordsOf({ seed: 1, size: 10, lastsMs: 30_000, ill });
  t.same(told(diagnosed(records)), ['restarted at node 4']);
  t.same(told(diagnosed(records, { fromMs: 0, toMs: 4_000 })), [], 'before it was restarted');
});

t.test('calls that fail without a known cause are told as that, with their reasons', (t) => {
  const records: InspectionRecord[] = [endpointRecord(), countsRecord()];
  for (let actor = 1; actor <= 40; actor += 1) {
    const fails = actor % 4 === 0;
    const atMs = START_MS + actor * 200;
    const peer = fails ? '10.0.0.9:9' : '10.0.0.1:1';
    records.push(callRecord({ actor, atMs, peer, timeoutMs: 100 }));
    if (fails) {
      const outcome = { state: 'timedOut', verdict: 'peerSilent' };
      const step = { actor, atMs: atMs + 100, event: 'expired', state: 'timedOut', outcome };
      records.push(stepRecord(step));
    } else records.push(finalStep({ actor, atMs: atMs + 1 }));
  }
  const diagnosis = diagnosed(records);
  const [found] = diagnosis.findings;
  t.same(told(diagnosis), ['unexplained at 10.0.0.9:9']);
  t.equal(found?.suffered, 10);
  t.match(found?.words, '100.0 % of calls to it fail, and the records cannot tell why');
  t.match(found?.evidence[0], /10 of 10 calls to it failed: 10 timed out: nothing was heard/);
  t.end();
});

t.test('what fails at one moment alone is no illness: a process may have stood still', (t) => {
  const records: InspectionRecord[] = [endpointRecord(), countsRecord()];
  for (let actor = 1; actor <= 40; actor += 1) {
    const fails = actor % 4 === 0;
    records.push(callRecord({ actor, peer: fails ? '10.0.0.9:9' : '10.0.0.1:1' }));
    const outcome = { state: 'timedOut', verdict: 'peerSilent' };
    records.push(finalStep({ actor, ...(fails && { state: 'timedOut', outcome }) }));
  }
  t.same(told(diagnosed(records)), []);
  t.end();
});

t.test('an error that a procedure declares is an answer, and no illness', (t) => {
  const records: InspectionRecord[] = [endpointRecord(), countsRecord()];
  const error = { name: 'RemoteError', code: 'noSuchUser', message: 'There is no user 8' };
  for (let actor = 1; actor <= 40; actor += 1) {
    records.push(callRecord({ actor }));
    const outcome = { state: 'rejected', error };
    records.push(finalStep({ actor, event: 'failed', state: 'rejected', outcome }));
  }
  t.same(told(diagnosed(records)), []);
  t.end();
});

t.test('names that would turn the page around are shown as they are written', (t) => {
  const name = 'node \u202e1';
  const records: InspectionRecord[] = [endpointRecord({ name }), countsRecord()];
  for (let actor = 1; actor <= 20; actor += 1) {
    const outcome = { state: 'timedOut', answeredFrom: '\u202e10.0.0.2:2' };
    records.push(callRecord({ actor }));
    records.push(finalStep({ actor, event: 'expired', state: 'timedOut', outcome }));
  }
  const { findings } = diagnosed(records);
  t.match(findings[0], { words: 'answers from another address: \\u{202e}10.0.0.2:2' });
  t.notMatch(findings[0]?.evidence.join(), /\u202e/);
  t.end();
});

t.test('of a few calls nothing is said', (t) => {
  const records = [endpointRecord(), countsRecord(), callRecord(), finalStep()];
  const diagnosis = diagnosed(records);
  t.same([told(diagnosis), diagnosis.isEnough], [[], false]);
  t.end();
});

t.test('between two, the way is named, and neither of them is blamed for the loss', (t) => {
  const diagnosis = diagnosed(sampleTraffic(3, 600));
  t.same(told(diagnosis), ['slowHandler at server', 'lossBothWays at nobody']);
  t.match(
    diagnosis.findings[1]?.words,
    /^11\.\d % of all frames are lost between client and server/,
  );
  t.end();
});
