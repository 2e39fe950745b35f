import { isDeepStrictEqual } from 'node:util';

import t from 'tap';

import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import {
  MAX_LINE_LENGTH,
  RecordingReader,
  recordLines,
  recordsOf,
} from '../../../src/inspector/page/store/recording.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { callRecord, sampleTraffic } from '../../fixtures/inspection-records.js';

function read(text: string): { records: InspectionRecord[]; refused: number } {
  const reader = new RecordingReader(text);
  const records: InspectionRecord[] = [];
  while (!reader.done) {
    const record = reader.next();
    if (record !== undefined) records.push(record);
  }
  return { records, refused: reader.refused };
}

t.test('a recording that is exported and opened again shows the same', (t) => {
  const store = new InspectionStore();
  for (const record of sampleTraffic(2, 150)) store.apply(record);
  const text = recordLines(recordsOf(store));
  const { records, refused } = read(text);
  t.equal(refused, 0);
  const again = new InspectionStore();
  for (const record of records) again.apply(record);
  t.equal(again.unknownSteps, 0);
  t.equal(again.size, store.size);
  t.ok(isDeepStrictEqual(recordsOf(again), recordsOf(store)), 'record by record');
  for (const state of ['resolved', 'rejected', 'late', 'lost']) {
    t.equal(again.states.get(`call ${state}`), store.states.get(`call ${state}`), state);
  }
  t.end();
});

t.test('lines that are not records are left out and counted', (t) => {
  const good = JSON.stringify(callRecord());
  const lines = [
    'not JSON',
    '{"type":"call"}',
    '[]',
    'null',
    '{"type":"__proto__"}',
    JSON.stringify({ ...callRecord(), actor: 'one' }),
    '',
    '   ',
    good,
  ];
  t.match(read(lines.join('\n')), { records: [{ type: 'call' }], refused: 6 });
  t.match(read(`\uFEFF${good}\r\n`), { records: [{ type: 'call' }], refused: 0 });
  t.same(read(''), { records: [], refused: 0 });
  t.end();
});

t.test('a line that is too long is not parsed', (t) => {
  const long = JSON.stringify(callRecord({ args: ['x'.repeat(MAX_LINE_LENGTH)] }));
  t.match(read(`${long}\n${JSON.stringify(callRecord())}`), {
    records: [{ args: ['Snake'] }],
    refused: 1,
  });
  t.end();
});

t.test('a hostile recording changes no prototype and throws nothing', (t) => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const call = JSON.stringify(callRecord()).replace('["Snake"]', `[${nested}]`);
  const poisoned = JSON.stringify(callRecord({ actor: 2 })).replace(
    '["Snake"]',
    '[{"__proto__":{"polluted":true}}]',
  );
  const store = new InspectionStore();
  const { records, refused } = read(`${call}\n${poisoned}`);
  for (const record of records) store.apply(record);
  t.strictSame([store.size, refused], [1, 1], 'what nests too deeply is refused');
  t.equal(({} as { polluted?: boolean }).polluted, undefined);
  t.end();
});
