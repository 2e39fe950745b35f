import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import { readRecording, RecordingReader } from '../../../src/inspector/recording/reader.js';
import { callRecord, endpointRecord } from '../../fixtures/inspection-records.js';

const OPENED = endpointRecord({ seq: 1 });

t.test('the predecessor is read first, and what both parts have is read once', async (t) => {
  const path = join(
    t.testdir({
      'a.jsonl.1': linesOf([OPENED, callRecord({ seq: 2 }), callRecord({ seq: 3 })]),
      'a.jsonl': linesOf([OPENED, callRecord({ seq: 2 }), callRecord({ seq: 4 })]),
    }),
    'a.jsonl',
  );
  const { records } = await readRecording(path);
  t.same(
    records.map(({ seq }) => seq),
    [1, 2, 3, 4],
  );
});

t.test('the same numbers of different endpoints are different records', async (t) => {
  const records = [OPENED, endpointRecord({ seq: 1, endpoint: 'server' })];
  const path = join(t.testdir({ a: linesOf(records) }), 'a');
  t.equal((await readRecording(path)).records.length, 2);
});

t.test('a predecessor alone is a recording: its writer was killed in between', async (t) => {
  const path = join(t.testdir({ 'a.1': linesOf([OPENED]) }), 'a');
  t.equal((await readRecording(path)).records.length, 1);
});

t.test('lines that are not records are skipped and counted', async (t) => {
  const lines = ['{', 'null', '{"type":"call"}', '\u0000', '[]', ''].join('\n');
  const path = join(
    t.testdir({ a: `${linesOf([OPENED])}${lines}\n${linesOf([callRecord({ seq: 2 })])}` }),
    'a',
  );
  const { records, skippedLines, torn } = await readRecording(path);
  t.same(
    records.map(({ seq }) => seq),
    [1, 2],
  );
  t.equal(skippedLines, 5);
  t.equal(torn, false);
});

t.test('a last line without its end is torn, unless it is complete', async (t) => {
  const folder = t.testdir({
    torn: `${linesOf([OPENED])}{"type":"c`,
    whole: JSON.stringify(OPENED),
  });
  t.match(await readRecording(join(folder, 'torn')), { skippedLines: 0, torn: true });
  t.match(await readRecording(join(folder, 'whole')), { skippedLines: 0, torn: false });
});

t.test('lines are put together from any pieces', async (t) => {
  // A character of several bytes at every place where a piece can end.
  const long = Array.from({ length: 20 }, (_, index) =>
    callRecord({ seq: index + 2, args: ['é€😀'.repeat(10_000 + index)] }),
  );
  const path = join(t.testdir({ a: linesOf([OPENED, ...long]) }), 'a');
  const { records } = await readRecording(path);
  t.same(records.slice(1), JSON.parse(JSON.stringify(long)));
});

t.test('a file that is not a recording gives an error that says so', async (t) => {
  const folder = t.testdir({
    other: 'no\nrecords\nhere\n',
    many: 'x\n'.repeat(1_000),
    long: `${linesOf([OPENED])}"${'x'.repeat(1024 * 1024)}"\n`,
    endless: 'x'.repeat(3 * 1024 * 1024),
    empty: '',
  });
  mkdirSync(join(folder, 'folder'));
  const table = [
    ['missing', 'There is no recording PATH'],
    ['other', 'PATH is not a recording of rpcudp: its first 3 lines hold no record'],
    ['many', /^PATH is not a recording of rpcudp: its first 1?000 lines hold no record$/],
    ['long', 'PATH is not a recording of rpcudp: one of its lines has more than 1048576 bytes'],
    ['endless', 'PATH is not a recording of rpcudp: one of its lines has more than 1048576 bytes'],
    ['folder', /^The recording PATH cannot be read: EISDIR/],
  ] as const;
  for (const [name, message] of table) {
    const path = join(folder, name);
    const error = await readRecording(path).catch((thrown: unknown) => thrown as Error);
    t.match(error, { name: 'RecordingError' });
    t.match((error as Error).message.replace(path, 'PATH'), message);
  }
  t.same((await readRecording(join(folder, 'empty'))).records, [], 'nothing was recorded yet');
});

t.test('a part that becomes the predecessor while it is read is read completely', async (t) => {
  const path = join(t.testdir({ a: linesOf([OPENED, callRecord({ seq: 2 })]) }), 'a');
  const batches = new RecordingReader(path).batches();
  const first = batches.next();
  renameSync(path, `${path}.1`);
  writeFileSync(path, linesOf([OPENED, callRecord({ seq: 3 })]));
  const records = (await first).value as InspectionRecord[];
  for await (const batch of batches) records.push(...batch);
  t.same(
    records.slice(0, 2).map(({ seq }) => seq),
    [1, 2],
  );
});

function linesOf(records: readonly InspectionRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
