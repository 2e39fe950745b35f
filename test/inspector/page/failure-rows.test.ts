import t from 'tap';

import {
  failureRows,
  reasonWords,
  wholeOf,
} from '../../../src/inspector/page/store/failure-rows.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { recordLines, recordsOf } from '../../../src/inspector/page/store/recording.js';
import type { RecordOf } from '../../../src/inspector/record.js';
import {
  callRecord,
  endpointRecord,
  finalStep,
  SERVER_ADDRESS,
  START_MS,
} from '../../fixtures/inspection-records.js';

const FULL = 'ERR_RPCUDP_MAILBOX_FULL';

function failures(fields: Partial<RecordOf<'failures'>> = {}): RecordOf<'failures'> {
  return {
    type: 'failures',
    ...{ endpoint: 'client', seq: 9, atMs: START_MS },
    ...{ of: 'call', procedure: 'echo', peer: SERVER_ADDRESS },
    ...{ state: 'unsent', reason: FULL, count: 95_999, shown: 20 },
    ...fields,
  };
}

function storeOf(...records: RecordOf<'failures'>[]): InspectionStore {
  const store = new InspectionStore();
  for (const record of [endpointRecord(), ...records]) store.apply(record);
  return store;
}

t.test('a row for each way in which it went wrong, with the latest number of each part', (t) => {
  const store = storeOf(
    failures({ count: 7 }),
    failures({ state: 'timedOut', reason: 'peerSilent', count: 30, shown: 20 }),
    failures(),
    failures({ procedure: 'add', count: 100, shown: 5 }),
  );
  const rows = failureRows(store.endpoints.values());
  t.match(rows, [
    { of: 'call', state: 'unsent', reason: FULL, count: 96_099, shown: 25 },
    { state: 'timedOut', count: 30 },
  ]);
  t.same(
    rows[0]?.parts.map(({ procedure, count }) => [procedure, count]),
    [
      ['echo', 95_999],
      ['add', 100],
    ],
  );
  t.end();
});

t.test('a row opens with the latest of those that are shown whole', (t) => {
  const store = storeOf(failures());
  for (let actor = 1; actor <= 100; actor += 1) {
    const code = actor % 2 === 0 ? FULL : 'other';
    store.apply(callRecord({ actor }));
    store.apply(
      finalStep({ actor, event: 'refused', state: 'unsent', outcome: { error: { code } } }),
    );
  }
  const [row] = failureRows(store.endpoints.values());
  const whole = wholeOf(store, row!);
  t.equal(whole.length, 20);
  t.same(
    whole.slice(0, 2).map(({ record }) => record.actor),
    [100, 98],
  );
  t.end();
});

t.test('reasons are said in words', (t) => {
  t.equal(reasonWords(FULL), 'mailbox full');
  t.equal(reasonWords('unknownProcedure'), 'unknown procedure');
  t.equal(reasonWords('noRoom'), 'too much is on its way to the peer');
  t.match(reasonWords('peerSilent'), /^nothing was heard/);
  t.equal(reasonWords('EMSGSIZE'), 'emsgsize');
  t.end();
});

t.test('a saved recording has them, too', (t) => {
  t.match(recordLines(recordsOf(storeOf(failures()))), '"count":95999');
  t.end();
});
