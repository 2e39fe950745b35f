import t from 'tap';

import { pathOf } from '../../../src/inspector/page/store/chart-path.js';
import { fateTable } from '../../../src/inspector/page/store/fates.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { callsMade, rateOf } from '../../../src/inspector/page/store/rates.js';
import { timelineOf } from '../../../src/inspector/page/store/timeline.js';
import { timeOutWords } from '../../../src/inspector/page/store/verdict-words.js';
import type { Side } from '../../../src/inspector/page/store/transaction.js';
import {
  callRecord,
  countsRecord,
  endpointRecord,
  finalStep,
  handlerRecord,
  sampleTraffic,
  START_MS,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';

function sideOf(...records: InspectionRecord[]): Side {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  return store.transaction(transactionIdOf(1))!.sides[0]!;
}

const LATE = [
  callRecord({ timeoutMs: 400 }),
  stepRecord({ attempt: 1, atMs: START_MS + 1 }),
  stepRecord({ event: 'accepted', state: 'awaiting', attempt: 1, atMs: START_MS + 2 }),
  stepRecord({ event: 'retransmitted', state: 'awaiting', attempt: 2, atMs: START_MS + 100 }),
  stepRecord({ event: 'working', state: 'awaiting', attempt: 2, atMs: START_MS + 150 }),
  stepRecord({
    event: 'expired',
    state: 'timedOut',
    attempt: 2,
    atMs: START_MS + 400,
    outcome: { state: 'timedOut', verdict: 'peerSilent', executed: 'maybe' },
  }),
  finalStep({ state: 'late', atMs: START_MS + 460, lateByMs: 60 }),
] as const;

t.test('the path through the chart has the numbers of the steps', (t) => {
  const { call } = endpointRecord().charts;
  const side = sideOf(...LATE);
  const { edges, visited, current } = pathOf(call!, side.steps, side.state);
  const taken = edges
    .filter((edge) => edge.taken.length > 0)
    .map((edge) => `${edge.from} ${edge.to} ${edge.taken.join()}`);
  t.same(taken.sort(), [
    'awaiting awaiting 3',
    'awaiting timedOut 5',
    'queued sent 1',
    'sent awaiting 2',
    'timedOut late 6',
  ]);
  t.same([...visited], ['queued', 'sent', 'awaiting', 'timedOut', 'late']);
  t.equal(current, 'late');
  t.end();
});

t.test('a transition that is not in the chart is added when it was taken', (t) => {
  const chart = { initial: 'a', states: [], transitions: [] };
  const { edges } = pathOf(chart, [stepRecord({ event: 'go', state: 'b' })], 'b');
  t.same(edges, [{ from: 'a', to: 'b', events: ['go'], taken: [1] }]);
  t.end();
});

t.test('the timeline tells what happened, when, and why', (t) => {
  const side = sideOf(...LATE);
  t.match(timelineOf(side, 'queued'), [
    { step: undefined, title: 'called', detail: '400 ms time-out, sent as often as is safe' },
    { step: 1, sinceMs: 1, title: 'request sent, attempt 1', state: 'sent' },
    { step: 2, title: 'taken by the system' },
    { step: 3, sinceMs: 100, title: 'request sent again, attempt 2' },
    { step: 4, title: 'the peer is still working' },
    {
      step: 5,
      title: 'timed out',
      detail: 'nothing was heard from the peer; the procedure may have run',
    },
    { step: 6, title: 'late answer', detail: '60.0 ms after the time-out', state: 'late' },
  ]);
  t.equal(side.note, 'an answer came 60.0 ms too late');
  t.end();
});

t.test('a time-out is one outcome, with what came of it', (t) => {
  const [called, ...steps] = LATE;
  t.equal(
    timeOutWords(sideOf(called, ...steps)),
    'Timed out: nothing had been heard from the peer by then. Its answer came 60.0 ms too late.',
  );
  const waiting = [called, ...steps.slice(0, -1)];
  t.equal(
    timeOutWords(sideOf(...waiting)),
    'Timed out: nothing was heard from the peer. An answer may still come.',
  );
  t.equal(
    timeOutWords(sideOf(...waiting, finalStep({ event: 'lingered', state: 'lost' }))),
    'Timed out: nothing was heard from the peer. No answer came later either.',
  );
  const because = 'the peer is alive, but did not answer this call';
  const outcome = { state: 'timedOut', verdict: 'peerAliveButSlow' };
  const slow = stepRecord({ event: 'expired', state: 'timedOut', because, outcome });
  const late = finalStep({ state: 'late', lateByMs: 28 });
  t.equal(
    timeOutWords(sideOf(called, slow, late)),
    'Timed out: the peer was alive, but slow. Its answer came 28.0 ms too late.',
    'it did answer',
  );
  t.equal(timeOutWords(sideOf(called)), undefined);
  t.end();
});

t.test('the note of a request says why it was refused, or what it returned', (t) => {
  const because = 'unknownProcedure';
  const refused = stepRecord({ endpoint: 'server', state: 'refused', final: true, because });
  t.equal(sideOf(handlerRecord(), refused).note, because);
  const failed = stepRecord({
    endpoint: 'server',
    state: 'failed',
    final: true,
    durationMs: 3,
    error: { name: 'Error', code: 'E1', message: 'full' },
  });
  t.match(sideOf(handlerRecord(), failed), { note: 'E1: full', elapsedMs: 3 });
  t.end();
});

t.test('the fates of the sample traffic add up', (t) => {
  const store = new InspectionStore();
  for (const record of sampleTraffic(4, 300)) store.apply(record);
  for (const [name, { counts }] of store.endpoints) {
    const table = fateTable(counts.items(), store.lastAtMs!)!;
    t.ok(table.addsUp, name);
    t.ok(table.sum > 0, name);
    t.equal(
      table.groups.reduce((sum, { count }) => sum + count, 0),
      table.framesReceived,
    );
  }
  t.end();
});

t.test('fates that do not add up are marked, and new ones have their own group', (t) => {
  const { stats } = countsRecord();
  const fates = { ...stats.fates, 'response.matched': 3, 'future.kind': 1 };
  const table = fateTable([countsRecord({ stats: { ...stats, framesReceived: 5, fates } })], 0)!;
  t.match(table, { sum: 4, framesReceived: 5, addsUp: false });
  t.match(
    table.groups.find(({ name }) => name === 'future'),
    { count: 1, rows: [{ label: 'kind' }] },
  );
  t.equal(fateTable([], 0), undefined);
  t.end();
});

t.test('a rate is that of the last two seconds, and ends with the traffic', (t) => {
  const at = (afterMs: number, resolved: number) => {
    const { stats } = countsRecord();
    const outcomes = { ...stats.outcomes, resolved };
    return countsRecord({ atMs: START_MS + afterMs, stats: { ...stats, outcomes } });
  };
  const counts = [at(0, 0), at(1_000, 500), at(2_000, 600), at(3_000, 700)];
  t.equal(rateOf(counts, callsMade, START_MS + 3_000), 100);
  t.equal(rateOf(counts, callsMade, START_MS + 4_000), 50);
  t.equal(rateOf(counts, callsMade, START_MS + 9_000), 0);
  t.equal(rateOf([at(0, 5)], callsMade, START_MS), 0, 'one count is no rate');
  t.equal(rateOf([at(0, 5), at(1_000, 1)], callsMade, START_MS + 1_000), 0, 'it began again');
  t.end();
});
