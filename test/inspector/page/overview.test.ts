import t from 'tap';

import { CountHistory } from '../../../src/inspector/page/store/count-history.js';
import { Durations } from '../../../src/inspector/page/store/durations.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { endedOf, failedOf, plotsOf } from '../../../src/inspector/page/store/overview-plots.js';
import { Bins } from '../../../src/inspector/page/store/overview-bins.js';
import { searchTest } from '../../../src/inspector/page/store/search.js';
import type { Survey, SurveyChoice } from '../../../src/inspector/page/store/survey.js';
import { surveyOf } from '../../../src/inspector/page/store/survey.js';
import {
  callRecord,
  countsRecord,
  endpointRecord,
  finalStep,
  sampleTraffic,
  START_MS,
} from '../../fixtures/inspection-records.js';
import { SeededRandom } from '../../../src/testing/random.js';

function surveyed(store: InspectionStore, choice: Partial<SurveyChoice> = {}): Survey {
  const steps = surveyOf(store, {
    nowMs: store.lastAtMs ?? 0,
    goesOn: false,
    timeRange: undefined,
    picked: new Set(),
    passes: undefined,
    ...choice,
  });
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value!;
  }
}

function sampleStore(): InspectionStore {
  const store = new InspectionStore();
  const [client, server, ...others] = sampleTraffic(3, 400);
  // As a recorder does: the counts are told at once.
  for (const one of [client!, server!, countsRecord(), ...others]) store.apply(one);
  return store;
}

t.test('the sums are those of the endpoints, and the same as those of the calls kept', (t) => {
  const store = sampleStore();
  const { overview } = surveyed(store);
  const { outcomes } = store.endpoints.get('client')!.counts.last()!.stats;
  t.same(overview.outcomes, outcomes);
  t.equal(overview.kept, 400);
  const { overview: found } = surveyed(store, { passes: () => true });
  t.same(found.outcomes, outcomes);
  t.same([overview.counted, found.counted], [true, false]);
  t.end();
});

t.test('plots have the rate, the share of failures, and times within 3 %', (t) => {
  const { overview } = surveyed(sampleStore());
  const [rates, failures, times] = plotsOf(overview.bins);
  const sum = (line?: readonly (number | null)[]) =>
    line!.reduce<number>((total, value) => total + (value ?? 0), 0);
  const seconds = overview.bins.widthMs / 1_000;
  t.equal(Math.round(sum(rates?.lines[0]) * seconds), endedOf(overview.outcomes));
  t.equal(Math.round(sum(rates?.lines[1]) * seconds), failedOf(overview.outcomes));
  t.ok(failures?.lines[0]?.every((value) => value === null || (value >= 0 && value <= 100)));
  const [p50, p95, p99] = times!.lines;
  t.ok(p50?.every((value, at) => value === null || (value <= p95![at]! && p95![at]! <= p99![at]!)));
  t.end();
});

t.test('a range, a search and picked endpoints leave what they choose', (t) => {
  const store = sampleStore();
  const half = START_MS + 3_000;
  const early = surveyed(store, { timeRange: { fromMs: START_MS, toMs: half } }).overview;
  const late = surveyed(store, { timeRange: { fromMs: half + 1, toMs: half * 2 } }).overview;
  t.ok(early.kept > 100 && late.kept > 100);
  t.ok(early.kept + late.kept >= 400, 'a call that was under way at the border is in both');
  t.equal(endedOf(early.outcomes) + endedOf(late.outcomes), 400);

  const found = surveyed(store, { passes: searchTest('find_node') }).overview;
  t.same(
    found.procedures.map(([name]) => name),
    ['find_node'],
  );
  t.equal(endedOf(found.outcomes), found.kept);
  t.equal(surveyed(store, { picked: new Set(['server']) }).overview.kept, 0);
  t.equal(surveyed(store, { picked: new Set(['client']) }).overview.kept, 400);
  t.end();
});

t.test('peers are listed by their names, the one with most failures first', (t) => {
  const store = new InspectionStore();
  store.apply(endpointRecord());
  store.apply(endpointRecord({ endpoint: 'server', name: 'the server', address: '10.0.0.1:1' }));
  store.apply(countsRecord());
  const peers = ['10.0.0.1:1', '10.0.0.2:2', '10.0.0.2:2'];
  for (const [index, peer] of peers.entries()) {
    const actor = index + 1;
    const state = peer === '10.0.0.2:2' ? 'unsent' : 'resolved';
    store.apply(callRecord({ actor, peer, procedure: '__proto__' }));
    store.apply(finalStep({ actor, state, outcome: { state, rttMs: 5 } }));
  }
  const { overview } = surveyed(store);
  t.same(
    overview.peers.map(([{ name }, { calls, failed }]) => [name, calls, failed]),
    [
      ['10.0.0.2:2', 2, 2],
      ['the server', 1, 0],
    ],
  );
  t.same(
    overview.procedures.map(([name]) => name),
    ['__proto__'],
  );
  t.end();
});

t.test('without endpoints there is nothing to show', (t) => {
  t.equal(surveyed(new InspectionStore()), undefined);
  t.end();
});

t.test('times of any kind are told within 3 %', (t) => {
  const durations = new Durations();
  t.equal(durations.quantile(0.5), undefined);
  const random = new SeededRandom(1);
  const times = Array.from({ length: 1_000 }, () => 10 ** (6 * random.unit() - 1));
  for (const ms of times) durations.add(ms);
  times.sort((a, b) => a - b);
  for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
    const exact = times[Math.ceil(share * times.length) - 1]!;
    t.ok(Math.abs(durations.quantile(share)! / exact - 1) < 0.03, `p${share * 100}`);
  }
  for (const odd of [0, -1, NaN, Infinity, 1e300]) durations.add(odd);
  t.equal(durations.count, 1_005);
  t.equal(
    durations.shape().reduce((sum, count) => sum + count, 0),
    1_005,
  );
  t.end();
});

t.test('a history of counts is bounded, and loses no count', (t) => {
  const history = new CountHistory(10);
  const { stats } = countsRecord();
  for (let made = 0; made < 20_000; made += 1) {
    const outcomes = { ...stats.outcomes, resolved: made };
    history.add(countsRecord({ atMs: START_MS + made * 250, stats: { ...stats, outcomes } }));
  }
  const { points } = history;
  t.ok(points.length <= 600);
  const bins = new Bins({ fromMs: START_MS, toMs: START_MS + 20_000 * 250 }, false);
  bins.addCounted(points);
  t.equal(
    bins.all.reduce((sum, { outcomes }) => sum + outcomes.resolved, 0),
    19_999,
  );
  t.end();
});

t.test('times from a feed, however odd, make no more than so many bins', (t) => {
  for (const span of [
    { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER },
    { fromMs: 5, toMs: 5 },
    { fromMs: 1e300, toMs: 1e300 },
    { fromMs: 9, toMs: -9 },
  ]) {
    const { all } = new Bins(span, false);
    t.ok(all.length >= 1 && all.length <= 151, `${span.fromMs} to ${span.toMs}`);
  }
  t.end();
});
