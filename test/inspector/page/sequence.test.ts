import t from 'tap';

import type { Surroundings } from '../../../src/inspector/page/store/arrows.js';
import { peerLane } from '../../../src/inspector/page/store/arrows.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { searchTest } from '../../../src/inspector/page/store/search.js';
import { sequenceOf } from '../../../src/inspector/page/store/sequence.js';
import type { FrameChoice } from '../../../src/inspector/page/store/sequence-frames.js';
import { framesToDraw } from '../../../src/inspector/page/store/sequence-frames.js';
import { lanesOf } from '../../../src/inspector/page/store/sequence-lanes.js';
import { stepTo } from '../../../src/inspector/page/store/sequence-steps.js';
import {
  fittingScale,
  layOutByTime,
  nextScale,
  SCALES,
} from '../../../src/inspector/page/store/sequence-time-layout.js';
import {
  arrowKey,
  isMalformed,
  labelOf,
} from '../../../src/inspector/page/store/sequence-words.js';
import type { InspectionRecord, RecordOf } from '../../../src/inspector/record.js';
import {
  callRecord,
  CLIENT_ADDRESS,
  datagramRecord,
  endpointRecord,
  sampleTraffic,
  SERVER_ADDRESS,
  START_MS,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

const CLIENT = endpointRecord();
const SERVER = endpointRecord({ endpoint: 'server', address: SERVER_ADDRESS });

type FrameFields = RecordOf<'datagram'>['frames'][number];

/** A frame from the client to the server that arrives there 2 ms later, and their records. */
function exchange(actor: number, afterMs: number, fields: Partial<FrameFields> = {}) {
  const frame = {
    type: 'request',
    transactionId: transactionIdOf(actor),
    base64: 'AA==',
    ...fields,
  };
  return [
    datagramRecord({ atMs: START_MS + afterMs, frames: [frame] }),
    datagramRecord({
      endpoint: 'server',
      direction: 'in',
      peer: CLIENT_ADDRESS,
      atMs: START_MS + afterMs + 2,
      frames: [{ ...frame, fate: 'request.run' }],
    }),
  ];
}

function storeOf(records: readonly InspectionRecord[]): [InspectionStore, Surroundings] {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  const { endpoints, aliases } = store;
  return [store, { endpoints, aliases, nowMs: START_MS + 60_000 }];
}

function arrowsOf(records: readonly InspectionRecord[]) {
  const [store, surroundings] = storeOf([CLIENT, SERVER, ...records]);
  return sequenceOf(store.recentFrames(), surroundings).arrows;
}

t.test('an answer has the name of the procedure', (t) => {
  const named = arrowsOf([
    callRecord({ procedure: 'find' }),
    ...exchange(1, 0),
    ...exchange(1, 5, { type: 'response', base64: 'Ag==' }),
    ...exchange(1, 9, { type: 'cancel', base64: 'Aw==' }),
    ...exchange(2, 20),
    ...exchange(2, 25, { type: 'error', base64: 'Aw==' }),
  ]);
  t.same(named.map(labelOf), ['find', 'find · response', 'find · cancel', 'request', 'error']);
  t.end();
});

t.test('what cannot be read is no green answer', (t) => {
  const malformed = datagramRecord({
    direction: 'in',
    frames: [
      {
        type: 'response',
        transactionId: transactionIdOf(1),
        base64: 'AA==',
        fate: 'malformed.body',
      },
      { base64: 'AA==', fate: 'malformed.truncated' },
    ],
  });
  const drawn = arrowsOf([malformed, ...exchange(1, 5)]);
  t.same(drawn.map(labelOf).sort(), ['request', 'response · malformed', 'unreadable']);
  t.same(drawn.map(isMalformed).sort(), [false, true, true]);
  t.end();
});

t.test('the lanes can be chosen; else they are the busiest', (t) => {
  const peers = Array.from({ length: 12 }, (_, n) => `10.0.0.${n}:1`);
  const [store, surroundings] = storeOf([
    CLIENT,
    SERVER,
    ...exchange(1, 0),
    ...peers.flatMap((peer, n) =>
      Array.from({ length: 2 + n }, (__, k) =>
        datagramRecord({
          peer,
          atMs: START_MS + 10 + k,
          frames: [{ type: 'request', transactionId: transactionIdOf(100 * n + k), base64: '' }],
        }),
      ),
    ),
  ]);
  const frames = store.recentFrames();
  const busiest = sequenceOf(frames, surroundings);
  t.equal(busiest.lanes.length, 8);
  t.equal(busiest.lanesLeftOut, 6);
  t.equal(busiest.lanes[0], 'client');
  t.ok(busiest.lanes.includes(peerLane('10.0.0.11:1')));
  t.notOk(busiest.lanes.includes(peerLane('10.0.0.0:1')));
  const chosen = new Set(['client', peerLane('10.0.0.0:1')]);
  const few = sequenceOf(frames, surroundings, chosen);
  t.same(few.lanes, [...chosen]);
  t.equal(few.arrows.length, 2);
  const all = lanesOf(frames, surroundings);
  t.equal(all.length, 14);
  t.same(all.slice(0, 3), [
    { lane: 'client', frames: frames.length },
    { lane: 'server', frames: 2 },
    { lane: peerLane('10.0.0.11:1'), frames: 13 },
  ]);
  t.same(sequenceOf(frames, surroundings, new Set(['gone'])).lanes, []);
  t.end();
});

t.test('the latest frames are drawn that are chosen', (t) => {
  const [store, surroundings] = storeOf([
    CLIENT,
    SERVER,
    callRecord({ actor: 1, procedure: 'find' }),
    ...exchange(1, 0),
    callRecord({ actor: 2, procedure: 'store' }),
    ...exchange(2, 1_000),
    datagramRecord({ atMs: START_MS + 2_000, frames: [{ base64: '' }] }),
  ]);
  const drawn = (choice: Partial<FrameChoice>) => {
    const all = {
      picked: new Set<string>(),
      range: undefined,
      passes: undefined,
      lanes: undefined,
    };
    return framesToDraw(store.recentFrames(), { ...all, ...choice }, surroundings).map(
      ({ endpoint, atMs }) => `${endpoint} ${atMs - START_MS}`,
    );
  };
  t.same(drawn({}), ['client 0', 'server 2', 'client 1000', 'server 1002', 'client 2000']);
  t.same(drawn({ picked: new Set(['server']) }), ['server 2', 'server 1002']);
  t.same(drawn({ passes: searchTest('find') }), ['client 0', 'server 2'], 'no frame of no call');
  const range = { fromMs: START_MS + 1, toMs: START_MS + 1_000 };
  t.same(drawn({ range }), ['server 2', 'client 1000']);
  t.same(drawn({ lanes: new Set(['client', peerLane('10.0.0.1:1')]) }), []);
  t.equal(drawn({ lanes: new Set(['client', 'server']) }).length, 5);
  const [busy] = storeOf(sampleTraffic(5, 300));
  const latest = framesToDraw(
    busy.recentFrames(),
    { picked: new Set(), range: undefined, passes: undefined, lanes: undefined },
    surroundings,
  );
  t.same(latest, busy.recentFrames().slice(-300));
  t.end();
});

t.test('to scale, the same time has the same height, and a long silence is cut', (t) => {
  const drawn = arrowsOf([
    ...exchange(1, 0),
    ...exchange(2, 10),
    ...exchange(3, 40),
    ...exchange(4, 60_000),
  ]);
  const { arrows, marks, height } = layOutByTime(drawn, 2);
  const [first, second, third, last] = arrows.map(({ sentY }) => sentY) as [
    number,
    number,
    number,
    number,
  ];
  t.equal(second - first, 20);
  t.equal(third - second, 60);
  t.ok(arrows.every(({ sentY, receivedY }) => receivedY - sentY === 4));
  t.ok(last - third < 200 && height < 400);
  t.same(
    marks.filter(({ gapMs }) => gapMs !== undefined).map(({ gapMs }) => gapMs),
    [59_958],
    'and says how long it was',
  );
  t.same(
    arrows.map(({ isLabelled }) => isLabelled),
    [true, true, true, true],
  );
  t.same(
    layOutByTime(drawn, 0.5).arrows.map(({ isLabelled }) => isLabelled),
    [true, false, true, true],
    'names do not cover each other',
  );
  t.end();
});

t.test('the scale fits at first, and can be changed step by step', (t) => {
  const drawn = arrowsOf(Array.from({ length: 50 }, (_, n) => exchange(n, 100 * n)).flat());
  const scale = fittingScale(drawn, 3_000);
  t.ok(layOutByTime(drawn, scale).height <= 3_000);
  t.ok(layOutByTime(drawn, nextScale(scale, 1)!).height > 3_000);
  t.equal(fittingScale([], 3_000), SCALES.at(-1));
  t.equal(nextScale(SCALES[0], -1), undefined);
  t.equal(nextScale(SCALES[SCALES.length - 1]!, 1), undefined);
  t.end();
});

t.test('keys lead from arrow to arrow, and along a transaction', (t) => {
  const drawn = arrowsOf([
    ...exchange(1, 0),
    ...exchange(2, 10),
    ...exchange(1, 20, { type: 'response', base64: 'Ag==' }),
  ]);
  const to = (at: number, key: string) => stepTo(drawn, at, key);
  t.equal(to(0, 'ArrowDown'), 1);
  t.equal(to(2, 'ArrowDown'), 2);
  t.equal(to(0, 'ArrowUp'), 0);
  t.equal(to(2, 'Home'), 0);
  t.equal(to(0, 'End'), 2);
  t.equal(to(0, 'PageDown'), 2);
  t.equal(to(0, 'ArrowRight'), 2);
  t.equal(to(2, 'ArrowLeft'), 0);
  t.equal(to(1, 'ArrowRight'), undefined);
  t.equal(to(0, 'x'), undefined);
  t.equal(stepTo([], -1, 'End'), undefined);
  t.end();
});

t.test('an arrow keeps its key when its frame arrives, and a duplicate has its own', (t) => {
  const [out, received] = exchange(1, 0) as [InspectionRecord, InspectionRecord];
  const [travelling] = arrowsOf([out]);
  const arrived = arrowsOf([out, received, { ...received, atMs: START_MS + 9 }]);
  t.equal(arrowKey(travelling!), arrowKey(arrived[0]!));
  t.not(arrowKey(arrived[0]!), arrowKey(arrived[1]!));
  t.end();
});
