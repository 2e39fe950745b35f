import t from 'tap';
import { readRecord } from '../../src/inspector/record.js';
import {
  callRecord,
  countsRecord,
  datagramRecord,
  endpointRecord,
  sampleTraffic,
} from '../fixtures/inspection-records.js';

/** An array whose items are counted when they are read. */
function counted<T>(items: T[]) {
  let reads = 0;
  const array = new Proxy(items, {
    get: (target, key, receiver) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  return { array, reads: () => reads };
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

t.test('records of endpoints are read unchanged', async (t) => {
  for (const record of sampleTraffic(1, 100)) t.strictSame(readRecord(record), record);
  const args = Array.from({ length: 257 }, () => nested(40));
  t.ok(readRecord(callRecord({ args })), 'the largest that a recorder makes');
});

t.test('a list that is too long is refused before its items are looked at', async (t) => {
  const items = new Array(1_000_000).fill({ base64: '' }) as { base64: string }[];
  const lists = [
    (array: never[]) => datagramRecord({ frames: array }),
    (array: never[]) => callRecord({ args: array }),
    (array: never[]) => callRecord({ command: array }),
    (array: never[]) => countsRecord({ procedures: array }),
    (array: never[]) =>
      endpointRecord({ charts: { call: { initial: '', states: array, transitions: [] } } }),
  ];
  for (const recordWith of lists) {
    const { array, reads } = counted(items);
    t.equal(readRecord(recordWith(array as never[])), undefined);
    t.equal(reads(), 0);
  }
});

t.test('a list with faults is refused at the first of them', async (t) => {
  const { array, reads } = counted(new Array(1_000).fill({ base64: 5 }));
  t.equal(readRecord(datagramRecord({ frames: array as never[] })), undefined);
  t.equal(reads(), 1);
});

t.test('a map with too many entries, and a value nested too deeply, are refused', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`f${index}`, 1]));
  const counts = countsRecord();
  t.ok(readRecord(counts));
  t.equal(readRecord({ ...counts, stats: { ...counts.stats, fates: many } }), undefined);
  t.ok(readRecord(callRecord({ args: [nested(64)] })));
  t.equal(readRecord(callRecord({ args: [nested(65)] })), undefined);
  t.equal(readRecord(callRecord({ args: [nested(1_000_000)] })), undefined);
  const { array, reads } = counted(new Array(1_000_000).fill(0));
  t.equal(readRecord(callRecord({ args: [{ in: array }] })), undefined);
  t.equal(reads(), 0);
});
