import t from 'tap';

import { peerLane } from '../../../src/inspector/page/store/arrows.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { searchTest } from '../../../src/inspector/page/store/search.js';
import { pairsOf } from '../../../src/inspector/page/store/side-pairs.js';
import { MAX_NODES, topologyOf } from '../../../src/inspector/page/store/topology.js';
import type { Topology, TopologyChoice } from '../../../src/inspector/page/store/topology.js';
import { nodeWords } from '../../../src/inspector/page/store/topology-words.js';
import { noOutcomes } from '../../../src/api/call-state.js';
import type { InspectionRecord, RecordOf } from '../../../src/inspector/record.js';
import {
  callRecord,
  CLIENT_ADDRESS,
  closedRecord,
  countsRecord,
  endpointRecord,
  finalStep,
  handlerRecord,
  peerRecord,
  sampleTraffic,
  SERVER_ADDRESS,
  START_MS,
  stepRecord,
} from '../../fixtures/inspection-records.js';

const CLIENT = endpointRecord();
const SERVER = endpointRecord({ endpoint: 'server', address: SERVER_ADDRESS });

/** The last ten seconds. */
const RANGE = { fromMs: START_MS, toMs: START_MS + 10_000 };

function storeOf(records: readonly InspectionRecord[]): InspectionStore {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  return store;
}

function topology(
  source: InspectionStore | readonly InspectionRecord[],
  choice: Partial<TopologyChoice> = {},
): Topology {
  const store = source instanceof InspectionStore ? source : storeOf(source);
  const all = {
    picked: new Set<string>(),
    pairs: undefined,
    range: RANGE,
    shown: new Set<string>(),
  };
  return topologyOf(store, { ...all, ...choice });
}

/** Calls that were sent `attempts` times each and resolved, or timed out. */
function calls(count: number, attempts = 1, state = 'resolved', first = 1): InspectionRecord[] {
  return Array.from({ length: count }, (_, n) => [
    callRecord({ actor: first + n }),
    stepRecord({ actor: first + n, attempt: attempts, state: 'awaiting' }),
    stepRecord({
      actor: first + n,
      attempt: attempts,
      state,
      final: state !== 'timedOut',
      outcome: { state, rttMs: 5, attempts },
    }),
  ]).flat();
}

function requests(count: number, attempt = 1): InspectionRecord[] {
  return Array.from({ length: count }, (_, n) => handlerRecord({ actor: 1 + n, attempt }));
}

function links({ links: all }: Topology): unknown[] {
  return all.map(({ from, to }) => [from, to]);
}

t.test('the traffic of the sample is one link, as its caller tells of it', (t) => {
  const store = storeOf(sampleTraffic(5, 200));
  const endMs = store.lastAtMs ?? 0;
  const { nodes, links: all } = topology(store, { range: { fromMs: START_MS, toMs: endMs } });
  t.same(
    nodes.map(({ key, name, address }) => [key, name, address]),
    [
      ['client', 'client', CLIENT_ADDRESS],
      ['server', 'server', SERVER_ADDRESS],
    ],
  );
  t.equal(all.length, 1, 'what the server tells of it is not drawn again');
  const [link] = all;
  t.match(link, { from: 'client', to: 'server', roundTripMs: Number, health: String });
  t.ok(Math.abs((link?.callsPerSecond ?? 0) - 200_000 / (endMs - START_MS)) < 2, 'the rate');
  // Of a hundred calls the sample loses 6 twice, and 15 once.
  t.ok((link?.loss ?? 0) > 0.08 && (link?.loss ?? 1) < 0.4, `the loss: ${link?.loss}`);
  t.end();
});

t.test('the loss is the share of transmissions that no answer followed', (t) => {
  const lossOf = (...records: InspectionRecord[]) => topology([CLIENT, ...records]).links[0]?.loss;
  t.equal(lossOf(...calls(20)), 0);
  t.equal(lossOf(...calls(10, 2)), 0.5, 'each second one was answered');
  t.equal(lossOf(...calls(10, 2, 'timedOut')), 1);
  t.equal(lossOf(...calls(9)), undefined, 'too few to tell');
  const late = Array.from({ length: 10 }, (_, n) =>
    finalStep({ actor: 1 + n, state: 'late', attempt: 1, lateByMs: 5 }),
  );
  t.equal(lossOf(...calls(10, 1, 'timedOut'), ...late), 0, 'a late answer was not lost');
  const slow = calls(10, 2).flatMap((record) =>
    record.type === 'step' && record.state === 'awaiting'
      ? [record, stepRecord({ actor: record.actor, event: 'working', attempt: 2 })]
      : [record],
  );
  t.equal(lossOf(...slow), 0, 'a notice that the peer is working is an answer');
  t.equal(
    lossOf(...calls(10, 3, 'cancelled'), ...calls(10, 1, 'resolved', 11)),
    0,
    'what would have been answered is not known',
  );
  t.end();
});

t.test('healthy calls that were not shown count in rate and loss', (t) => {
  const sampled = countsRecord({ oneIn: 10 });
  const [link] = topology([CLIENT, sampled, ...calls(10), ...calls(10, 2, 'resolved', 11)]).links;
  t.equal(link?.callsPerSecond, 11, '10 that stand for 100, and 10 that were sent again');
  t.ok(Math.abs((link?.loss ?? 0) - 10 / 120) < 1e-9);
  const pair = { peer: SERVER_ADDRESS, procedure: 'sayhi' };
  const counted = (resolved: number, atMs: number): RecordOf<'counts'> =>
    countsRecord({ atMs, procedures: [{ ...pair, outcomes: { ...noOutcomes(), resolved } }] });
  const records = [counted(100, START_MS), ...calls(1), counted(600, START_MS + 9_000)];
  t.equal(topology([CLIENT, ...records]).links[0]?.callsPerSecond, 50, 'as the endpoint counts');
  t.end();
});

t.test('of a peer that is not inspected, its requests tell', (t) => {
  const { nodes, links: all } = topology([SERVER, ...requests(10, 2)]);
  t.same(
    nodes.map(({ key }) => key),
    [peerLane(CLIENT_ADDRESS), 'server'],
  );
  t.match(all, [
    { from: peerLane(CLIENT_ADDRESS), to: 'server', loss: 0.5, roundTripMs: undefined },
  ]);
  t.end();
});

t.test('each direction is a link, and a pair that is idle is one', (t) => {
  const both = [
    CLIENT,
    SERVER,
    ...calls(1),
    handlerRecord({ endpoint: 'client', actor: 9, peer: SERVER_ADDRESS }),
  ];
  t.same(links(topology(both)).sort(), [
    ['client', 'server'],
    ['server', 'client'],
  ]);
  const idle = [
    CLIENT,
    SERVER,
    peerRecord(),
    peerRecord({ endpoint: 'server', peer: CLIENT_ADDRESS }),
  ];
  t.same(links(topology(idle)), [['client', 'server']]);
  t.end();
});

t.test('a silent peer, and one with losses, are told first and mark their node', (t) => {
  const records = [
    CLIENT,
    ...calls(100),
    peerRecord(),
    peerRecord({ peer: '10.0.0.9:1', health: 'silent' }),
    peerRecord({ peer: '10.0.0.8:1', health: 'suspect' }),
  ];
  const found = topology(records);
  t.same(
    found.links.map(({ to, trouble }) => [to, trouble]),
    [
      [peerLane('10.0.0.9:1'), 'bad'],
      [peerLane('10.0.0.8:1'), 'warn'],
      [peerLane(SERVER_ADDRESS), undefined],
    ],
  );
  const silent = found.nodes.find(({ key }) => key === peerLane('10.0.0.9:1'))!;
  t.equal(silent.trouble, 'bad');
  t.match(nodeWords(silent, found.links), /^10\.0\.0\.9:1, a peer .*, called by 1, silent$/);
  t.end();
});

t.test('it shows the picked endpoints, and the peers of a search', (t) => {
  const store = storeOf([
    CLIENT,
    SERVER,
    ...calls(1),
    callRecord({ endpoint: 'server', actor: 5, peer: '10.0.0.1:1', procedure: 'find' }),
    stepRecord({ endpoint: 'server', actor: 5, state: 'timedOut', outcome: { state: 'timedOut' } }),
  ]);
  t.equal(topology(store).links.length, 2);
  const picked = topology(store, { picked: new Set(['server']) });
  t.same(links(picked), [['server', peerLane('10.0.0.1:1')]]);
  t.same(
    picked.nodes.map(({ key }) => key),
    [peerLane('10.0.0.1:1'), 'server'],
  );
  const pairs = pairsOf(store.recentSides(), searchTest('sayhi'));
  t.same(links(topology(store, { pairs })), [['client', 'server']]);
  t.end();
});

t.test('an endpoint that closed leaves when its traffic is over', (t) => {
  const store = storeOf([CLIENT, SERVER, ...calls(3), closedRecord()]);
  t.equal(topology(store).links.length, 1);
  const later = { range: { fromMs: START_MS + 60_000, toMs: START_MS + 70_000 } };
  t.same(
    topology(store, later).nodes.map(({ key }) => key),
    ['server'],
  );
  t.end();
});

t.test('beyond the limit those stay that are shown, and the rest is counted', (t) => {
  const peers = Array.from({ length: MAX_NODES + 50 }, (_, n) => `10.0.${n >> 8}.${n & 255}:1`);
  const records = peers.map((peer) => peerRecord({ peer }));
  const first = topology([CLIENT, ...records]);
  t.equal(first.nodes.length, MAX_NODES);
  t.equal(first.peersLeftOut, 51, 'all but those that fit beside the endpoint');
  const shown = new Set(first.nodes.map(({ key }) => key));
  const others = peers.filter((peer) => !shown.has(peerLane(peer)));
  const busy = others
    .slice(0, 10)
    .flatMap((peer, n) => [
      callRecord({ peer, actor: n }),
      stepRecord({ actor: n, attempt: 1, state: 'resolved', outcome: { state: 'resolved' } }),
    ]);
  const keys = ({ nodes }: Topology) => nodes.map(({ key }) => key);
  t.same(keys(topology([CLIENT, ...records, ...busy], { shown })), keys(first));
  const silent = peerRecord({ peer: others[0]!, health: 'silent' });
  t.ok(keys(topology([CLIENT, ...records, silent], { shown })).includes(peerLane(others[0]!)));
  t.end();
});

t.test('times that no clock can have do no harm', (t) => {
  const far = calls(10).map((record) => ({ ...record, atMs: 1e300 }));
  t.equal(topology([CLIENT, ...far, ...calls(10, 1, 'resolved', 20)]).links[0]?.callsPerSecond, 1);
  t.end();
});
