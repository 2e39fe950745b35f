import t from 'tap';

import type { PeerState } from '../../../src/inspector/page/store/endpoint-state.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import type { PeerChoice } from '../../../src/inspector/page/store/peer-order.js';
import { PeerOrder, peersOf } from '../../../src/inspector/page/store/peer-order.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  callRecord,
  endpointRecord,
  peerRecord,
  START_MS,
} from '../../fixtures/inspection-records.js';

const ALL: PeerChoice = {
  sort: 'address',
  reversed: false,
  text: '',
  picked: new Set(),
  pairs: undefined,
  range: undefined,
};

function storeOf(...records: InspectionRecord[]): InspectionStore {
  const store = new InspectionStore();
  store.apply(endpointRecord());
  store.apply(endpointRecord({ endpoint: 'server', name: 'a server' }));
  for (const record of records) store.apply(record);
  return store;
}

function hosts(peers: readonly PeerState[]): string[] {
  return peers.map(({ address }) => address.replace(/:.*/, ''));
}

const PEERS = [
  peerRecord({ peer: '10.0.0.10:1', roundTripMs: 3, inFlight: 2 }),
  peerRecord({ peer: '10.0.0.9:1', health: 'silent', roundTripMs: 8 }),
  peerRecord({ peer: '10.0.0.1:1', health: 'suspect', roundTripMs: null }),
  peerRecord({ peer: '10.0.0.2:1', endpoint: 'server', roundTripMs: 5, queued: 9 }),
];

t.test('peers are sorted in each order, and turned round', (t) => {
  const store = storeOf(...PEERS);
  const sorted = (choice: Partial<PeerChoice>) => hosts(peersOf(store, { ...ALL, ...choice }));
  t.same(sorted({}), ['10.0.0.1', '10.0.0.2', '10.0.0.9', '10.0.0.10']);
  t.same(sorted({ reversed: true }), ['10.0.0.10', '10.0.0.9', '10.0.0.2', '10.0.0.1']);
  t.same(sorted({ sort: 'trouble' }), ['10.0.0.9', '10.0.0.1', '10.0.0.2', '10.0.0.10']);
  t.same(sorted({ sort: 'roundTrip' }), ['10.0.0.9', '10.0.0.2', '10.0.0.10', '10.0.0.1']);
  t.same(sorted({ sort: 'load' }), ['10.0.0.2', '10.0.0.10', '10.0.0.1', '10.0.0.9']);
  t.same(sorted({ sort: 'endpoint' }), ['10.0.0.2', '10.0.0.1', '10.0.0.9', '10.0.0.10']);
  t.end();
});

t.test(
  'peers are found by address, endpoint and health, and by what all views are limited to',
  (t) => {
    const store = storeOf(
      ...PEERS,
      callRecord({ peer: '10.0.0.77:1' }),
      peerRecord({ peer: '10.0.0.9:1', health: 'silent', atMs: START_MS + 5_000 }),
    );
    const found = (choice: Partial<PeerChoice>) => hosts(peersOf(store, { ...ALL, ...choice }));
    t.same(found({ text: ' 10.0.0.1' }), ['10.0.0.1', '10.0.0.10']);
    t.same(found({ text: 'SILENT 10.' }), ['10.0.0.9']);
    t.same(found({ text: 'server' }), ['10.0.0.2']);
    t.same(found({ text: 'nobody' }), []);
    t.same(found({ picked: new Set(['server']) }), ['10.0.0.2']);
    t.same(found({ pairs: new Set(['client 10.0.0.1:1']) }), ['10.0.0.1']);
    const range = { fromMs: START_MS + 4_000, toMs: START_MS + 6_000 };
    t.same(found({ range }), ['10.0.0.9']);
    t.end();
  },
);

t.test('the order stands for two seconds, unless something else is chosen', (t) => {
  const store = storeOf(...PEERS);
  const order = new PeerOrder();
  const choice: PeerChoice = { ...ALL, sort: 'roundTrip' };
  const listed = (atMs: number, chosen = choice) =>
    hosts(order.listed(store, chosen, START_MS + atMs));
  t.equal(listed(0)[0], '10.0.0.9');
  store.apply(peerRecord({ peer: '10.0.0.1:1', roundTripMs: 90 }));
  t.equal(listed(1_999)[0], '10.0.0.9', 'nothing changes places');
  t.equal(listed(2_000)[0], '10.0.0.1');
  t.equal(listed(2_001, { ...choice, reversed: true })[0], '10.0.0.10');
  const other = storeOf();
  t.same(order.listed(other, choice, START_MS + 2_002), [], 'nor anything of another recording');
  other.apply(peerRecord());
  t.equal(
    order.listed(other, choice, START_MS + 2_003).length,
    1,
    'the first one is shown at once',
  );
  t.end();
});

t.test('ten thousand peers are kept, and the one that was idle longest leaves first', (t) => {
  const store = storeOf();
  const peerAt = (n: number) => `10.0.${n >> 8}.${n & 255}:1`;
  for (let n = 0; n < 10_000; n += 1) store.apply(peerRecord({ peer: peerAt(n) }));
  t.equal(peersOf(store, ALL).length, 10_000);
  store.apply(callRecord());
  store.apply(peerRecord({ peer: peerAt(0), health: 'suspect' }));
  store.apply(peerRecord({ peer: '10.9.9.9:1' }));
  t.equal(store.peer(`client ${peerAt(0)}`)?.latest?.health, 'suspect');
  t.equal(store.peer(`client ${peerAt(1)}`), undefined);
  const [first] = peersOf(store, { ...ALL, sort: 'trouble' });
  t.equal(first?.address, peerAt(0));
  t.end();
});

t.test('of many peers, each has a short history', (t) => {
  const store = storeOf();
  for (let n = 0; n < 200; n += 1) {
    for (let atMs = 0; atMs < 50; atMs += 1) {
      store.apply(peerRecord({ peer: `10.0.0.${n}:1`, atMs: START_MS + atMs }));
    }
  }
  const kept = store.peers.map(({ records }) => records.items().length);
  t.equal(kept[0], 50);
  t.equal(kept.at(-1), 12);
  t.equal(store.peer('client 10.0.0.199:1')?.latest?.atMs, START_MS + 49);
  t.end();
});
