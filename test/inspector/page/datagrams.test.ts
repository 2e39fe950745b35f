import t from 'tap';

import {
  datagramTest,
  endingOf,
  EVERY_DATAGRAM,
} from '../../../src/inspector/page/store/datagram-filter.js';
import type {
  DatagramFilter,
  PageScope,
} from '../../../src/inspector/page/store/datagram-filter.js';
import { endOfField, hexLines } from '../../../src/inspector/page/store/datagram-hex.js';
import { DatagramRows } from '../../../src/inspector/page/store/datagram-rows.js';
import {
  datagramWords,
  isMalformed,
  sinceBefore,
} from '../../../src/inspector/page/store/datagram-words.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { recordsOf } from '../../../src/inspector/page/store/recording.js';
import { searchTest } from '../../../src/inspector/page/store/search.js';
import type { Frame } from '../../../src/inspector/page/store/transaction.js';
import { MAX_FRAMES } from '../../../src/inspector/page/store/transaction.js';
import type { RecordOf } from '../../../src/inspector/record.js';
import { noFates } from '../../../src/api/fate.js';
import { explainDatagram } from '../../../src/wire/explain.js';
import { encodeRequest } from '../../../src/wire/request.js';
import {
  callRecord,
  datagramRecord,
  endpointRecord,
  finalStep,
  sampleTraffic,
  START_MS,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

type FrameFields = RecordOf<'datagram'>['frames'][number];

const MALFORMED: FrameFields = { fate: 'malformed.tooShort', base64: 'AQI=' };

function frameRecord(
  actor: number,
  fields: Partial<RecordOf<'datagram'>> = {},
  of: Partial<FrameFields> = {},
): RecordOf<'datagram'> {
  const frame = { type: 'request', transactionId: transactionIdOf(actor), base64: 'AA==', ...of };
  return datagramRecord({ frames: [frame], ...fields });
}

function stray(fields: Partial<RecordOf<'datagram'>> = {}): RecordOf<'datagram'> {
  return datagramRecord({ direction: 'in', frames: [MALFORMED], ...fields });
}

function onlyFrame(record: RecordOf<'datagram'>): Frame {
  const store = new InspectionStore();
  store.apply(record);
  return store.datagrams.latest()[0]!;
}

t.test('a storm of calls pushes out neither malformed frames nor those of kept calls', (t) => {
  const store = new InspectionStore({ sides: 4, recentFrames: 3, strayFrames: 2 });
  for (const afterMs of [1, 2, 3]) store.apply(stray({ atMs: START_MS + afterMs }));
  for (let actor = 1; actor <= 5_000; actor += 1) {
    store.apply(callRecord({ actor }));
    store.apply(frameRecord(actor));
    store.apply(finalStep({ actor }));
  }
  const kept = store.datagrams.kept();
  t.equal(kept.filter(isMalformed).length, 2, 'the latest two');
  t.same(
    kept.filter((frame) => !isMalformed(frame)).map(({ transaction }) => transaction?.id),
    [4_997, 4_998, 4_999, 5_000].map(transactionIdOf),
  );
  t.ok(store.datagrams.after(-1).length < 2_000, 'what is not kept is let go of');
  const exported = recordsOf(store).filter(({ type }) => type === 'datagram');
  t.equal(exported.length, kept.length);
  t.end();
});

t.test('a call whose frames never end keeps a bounded number of them', (t) => {
  const store = new InspectionStore({ recentFrames: 10 });
  store.apply(callRecord());
  for (let count = 0; count < 5_000; count += 1) store.apply(frameRecord(1));
  t.equal(store.datagrams.kept().length, MAX_FRAMES + 10);
  t.end();
});

t.test('rows are in the order of time, and adding gives the same as listing anew', (t) => {
  const store = new InspectionStore({ sides: 40, recentFrames: 100 });
  const rows = new DatagramRows();
  rows.select(() => true, store.datagrams);
  sampleTraffic(3, 300).forEach((record, index) => {
    store.apply(record);
    if (index % 7 === 0) rows.update();
  });
  // A frame that was recorded late.
  store.apply(frameRecord(1, { atMs: START_MS + 1 }));
  rows.update();
  const anew = new DatagramRows();
  anew.select(() => true, store.datagrams);
  const listed = (of: DatagramRows) =>
    Array.from({ length: of.length }, (_, index) => of.fromNewest(index)!);
  const [added, selected] = [listed(rows), listed(anew)];
  t.ok(selected.length > 100);
  t.ok(
    selected.every(({ atMs }, index) => atMs >= (selected[index + 1]?.atMs ?? 0)),
    'newest first',
  );
  const known = new Set(added);
  t.ok(selected.every((frame) => known.has(frame)));
  t.ok(added.every((frame, index) => rows.placeOf(frame) === index));
  t.equal(rows.laterThan(added[5]!), 5);
  t.equal(rows.fromNewest(added.length), undefined);
  t.end();
});

t.test('each part of a filter is tested, and so is what the page is limited to', (t) => {
  const everything: PageScope = {
    sideTest: searchTest(''),
    endpoints: new Set(),
    timeRange: undefined,
  };
  const passes = (
    record: RecordOf<'datagram'>,
    filter: Partial<DatagramFilter>,
    scope: Partial<PageScope> = {},
  ) => {
    const store = new InspectionStore();
    store.apply(callRecord());
    store.apply(record);
    const [frame] = store.datagrams.latest();
    return datagramTest({ ...EVERY_DATAGRAM, ...filter }, { ...everything, ...scope })(frame!);
  };
  const request = frameRecord(1);
  t.ok(passes(request, {}));
  t.ok(passes(request, { direction: 'out', type: 'request' }));
  t.notOk(passes(request, { direction: 'in' }));
  t.notOk(passes(request, { type: 'response' }));
  t.notOk(passes(request, { fate: 'malformed' }), 'it has no fate');
  t.ok(passes(stray(), { fate: 'malformed' }), 'a group of fates');
  t.ok(passes(stray(), { fate: 'malformed.tooShort' }));
  t.notOk(passes(stray(), { fate: 'malformed.too' }));
  t.ok(passes(frameRecord(1, { refused: 'EPERM' }), { fate: 'refused' }));
  t.notOk(passes(request, { fate: 'refused' }));
  t.notOk(passes(request, {}, { endpoints: new Set(['server']) }));
  t.ok(passes(request, {}, { endpoints: new Set(['client']) }));
  t.notOk(passes(request, {}, { timeRange: { fromMs: 0, toMs: START_MS - 1 } }));
  t.ok(passes(request, {}, { sideTest: searchTest('sayhi') }), 'it is found with its call');
  t.notOk(passes(request, {}, { sideTest: searchTest('other') }));
  t.ok(passes(stray({ peer: '10.0.0.7:1' }), {}, { sideTest: searchTest('10.0.0.7 tooshort') }));
  t.notOk(passes(stray(), {}, { sideTest: searchTest('sayhi') }));
  t.end();
});

t.test('a malformed frame never looks like one that was of use', (t) => {
  for (const fate of Object.keys(noFates())) {
    const frame = onlyFrame(frameRecord(1, { direction: 'in' }, { type: 'response', fate }));
    const { tone, meaning } = datagramWords(frame);
    t.not(meaning, '', fate);
    t.equal(isMalformed(frame), fate.startsWith('malformed'), fate);
    t.equal(tone === 'bad', isMalformed(frame), fate);
  }
  const good = onlyFrame(frameRecord(1, { direction: 'in' }, { fate: 'response.matched' }));
  t.match(datagramWords(good), { tone: 'good', mark: 'full' });
  t.match(datagramWords(onlyFrame(frameRecord(1))), { tone: 'idle', word: 'sent' });
  t.end();
});

t.test('a frame that the system refused was not sent', (t) => {
  const frame = onlyFrame(frameRecord(1, { refused: 'EPERM' }));
  t.equal(endingOf(frame), 'refused');
  t.match(datagramWords(frame), { tone: 'bad', word: 'refused', meaning: /never left: EPERM$/ });
  t.end();
});

t.test('a frame has the time since the one before it, of its call at its end', (t) => {
  const store = new InspectionStore();
  store.apply(endpointRecord());
  const at = (endpoint: string, afterMs: number, type: string) =>
    store.apply(frameRecord(1, { endpoint, atMs: START_MS + afterMs }, { type }));
  at('client', 0, 'request');
  at('server', 4, 'request');
  at('server', 5, 'response');
  at('client', 9, 'response');
  const [first, , replied, answered] = store.datagrams.latest();
  t.equal(sinceBefore(first!), undefined);
  t.equal(sinceBefore(replied!), '1.00 ms after the request before it');
  t.equal(sinceBefore(answered!), '9.00 ms after the request before it');
  t.equal(sinceBefore(onlyFrame(stray())), undefined);
  t.end();
});

t.test('each byte of a line belongs to its field, from the first byte to the last', (t) => {
  const bytes = encodeRequest(transactionIdOf(1), 'sayhi', [
    'Snake Plissken, who is long',
    7n,
  ]).toDatagram();
  const fields = explainDatagram(bytes);
  const lines = hexLines(bytes, fields);
  t.same(
    lines.map(({ offset }) => offset),
    lines.map((_, index) => 16 * index),
  );
  const runs = lines.flatMap(({ runs: ofLine }) => ofLine);
  t.equal(runs.map(({ hex }) => hex.replaceAll(' ', '')).join(''), bytes.toString('hex'));
  const hexOf = (index: number) =>
    runs
      .filter(({ field }) => field === index)
      .map(({ hex }) => hex.replaceAll(' ', ''))
      .join('');
  fields.forEach((field, index) => t.equal(hexOf(index), field.bytes, field.label));
  t.match(runs.map(({ text }) => text).join(''), 'Snake Plissken');
  t.end();
});

t.test('bytes that nothing explains belong to no field', (t) => {
  const bytes = Uint8Array.of(1, 2, 3);
  t.match(hexLines(bytes, []), [{ runs: [{ field: undefined, hex: '01 02 03' }] }]);
  const field = { offset: 1, bytes: '02', label: 'x', detail: '', depth: 0 };
  t.match(hexLines(bytes, [field]), [
    { runs: [{ field: undefined }, { field: 0, hex: '02', column: 1 }, { field: undefined }] },
  ]);
  t.same(hexLines(new Uint8Array(), [field]), []);
  t.end();
});

t.test('a field contains those that are nested in it', (t) => {
  const fields = [0, 1, 2, 1, 0].map((depth, offset) => {
    return { offset, bytes: '00', label: '', detail: '', depth };
  });
  t.same(
    fields.map((_, index) => endOfField(fields, index)),
    [4, 3, 3, 4, 5],
  );
  t.end();
});
