import t from 'tap';

import {
  comparedFacts,
  comparedMoments,
  likeSides,
} from '../../../src/inspector/page/store/comparison.js';
import { elapsedOf } from '../../../src/inspector/page/store/elapsed.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { hasSpan, roundTripSamples } from '../../../src/inspector/page/store/round-trip-samples.js';
import { timelineOf } from '../../../src/inspector/page/store/timeline.js';
import type { Side } from '../../../src/inspector/page/store/transaction.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  callRecord,
  endpointRecord,
  finalStep,
  handlerRecord,
  peerRecord,
  START_MS,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

function storeOf(...records: InspectionRecord[]): InspectionStore {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  return store;
}

function call(store: InspectionStore, actor: number): Side {
  return store.transaction(transactionIdOf(actor))!.sides[0]!;
}

/** A call that is sent `attempts` times, and answered `rttMs` after the first. */
function answered(actor: number, attempts: number, rttMs: number): InspectionRecord[] {
  return [
    callRecord({ actor }),
    stepRecord({ actor, attempt: 1, atMs: START_MS + 1 }),
    ...(attempts > 1
      ? [
          stepRecord({
            actor,
            event: 'retransmitted',
            state: 'awaiting',
            attempt: attempts,
            atMs: START_MS + 900,
          }),
        ]
      : []),
    finalStep({
      actor,
      attempt: attempts,
      atMs: START_MS + 1 + rttMs,
      outcome: { state: 'resolved', value: 'hello', rttMs, attempts },
    }),
  ];
}

t.test('what was waited before a repetition is in no round trip', (t) => {
  const store = storeOf(endpointRecord(), ...answered(1, 1, 20), ...answered(2, 2, 1_470));
  t.same(elapsedOf(call(store, 1)), { ms: 20, what: 'round trip' });
  t.same(elapsedOf(call(store, 2)), { ms: 1_470, what: 'from its first sending to the answer' });
  t.same(
    store.peers[0]?.roundTrips.items().map(({ ms }) => ms),
    [20],
    'nor in those of the peer',
  );
  t.equal(elapsedOf(call(storeOf(callRecord()), 1)), undefined);
  t.end();
});

t.test('round trips that were not measured make no axis', (t) => {
  const samples = (...records: InspectionRecord[]) =>
    roundTripSamples(storeOf(...records).peers[0]!);
  const silent = [
    peerRecord({ roundTripMs: null }),
    peerRecord({ roundTripMs: null, atMs: START_MS + 9 }),
  ];
  t.same(samples(...silent), []);
  t.notOk(hasSpan(samples(...silent)));
  t.notOk(hasSpan(samples(peerRecord())), 'one moment is no span');
  t.ok(hasSpan(samples(peerRecord(), peerRecord({ atMs: START_MS + 9 }))));
  t.end();
});

t.test('two calls are compared fact by fact', (t) => {
  const store = storeOf(
    endpointRecord({ name: 'shop' }),
    callRecord({ args: [{ id: { '(bigint)': '7n' } }] }),
    callRecord({ actor: 2, args: [{ id: 7 }], headers: { token: 'x' } }),
  );
  const facts = comparedFacts(call(store, 1), call(store, 2), () => 'shop');
  const differing = facts.filter(({ differs }) => differs);
  t.match(differing, [
    { name: 'arguments', left: '[{"id": 7n}]', right: '[{"id": 7}]' },
    { name: 'headers', left: '', right: '{"token": "x"}' },
  ]);
  t.equal(differing.length, 2);
  t.match(
    facts.find(({ name }) => name === 'endpoint'),
    { left: 'shop', differs: false },
  );
  t.notOk(
    facts.some(({ name }) => name === 'given back'),
    'neither has anything',
  );
  t.end();
});

t.test('values that differ only far behind what is shown do differ', (t) => {
  const long = 'x'.repeat(3_000);
  const store = storeOf(
    callRecord({ args: [`${long}a`] }),
    callRecord({ actor: 2, args: [`${long}b`] }),
  );
  const [fact] = comparedFacts(call(store, 1), call(store, 2), String).filter(
    ({ differs }) => differs,
  );
  t.equal(fact?.name, 'arguments');
  t.ok(fact!.left.length <= 2_000);
  t.end();
});

t.test('what happened to both stands in one row, in order', (t) => {
  const store = storeOf(endpointRecord(), ...answered(1, 1, 20), ...answered(2, 2, 1_470));
  const [left, right] = [call(store, 1), call(store, 2)].map((side) => timelineOf(side, 'queued'));
  const rows = comparedMoments(left!, right!);
  t.same(
    rows.map((row) => [row.title, row.left?.sinceMs, row.right?.sinceMs]),
    [
      ['called', 0, 0],
      ['request sent, attempt 1', 1, 1],
      ['request sent again, attempt 2', undefined, 900],
      ['answer', 21, 1_471],
    ],
  );
  const swapped = comparedMoments(right!, left!);
  t.same(
    swapped.map((row) => [row.title, row.right?.sinceMs]),
    rows.map((row) => [row.title, row.left?.sinceMs]),
  );
  t.same(comparedMoments([], []), []);
  t.end();
});

t.test('calls to compare with are of the same procedure, first those that ended otherwise', (t) => {
  const store = storeOf(
    callRecord({ actor: 1 }),
    callRecord({ actor: 2 }),
    finalStep({ actor: 2, state: 'rejected' }),
    callRecord({ actor: 3, procedure: 'other' }),
    callRecord({ actor: 4 }),
    callRecord({ actor: 5 }),
    handlerRecord({ actor: 6 }),
  );
  const sides = [...store.transactions()].flatMap((transaction) => transaction.sides);
  const alike = likeSides(call(store, 1), sides, 2);
  t.same(
    alike.map(({ record }) => record.actor),
    [2, 5],
  );
  t.end();
});
