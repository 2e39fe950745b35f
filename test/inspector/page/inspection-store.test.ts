import t from 'tap';

import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { timelineOf } from '../../../src/inspector/page/store/timeline.js';
import {
  callRecord,
  closedRecord,
  countsRecord,
  datagramRecord,
  endpointRecord,
  finalStep,
  handlerRecord,
  peerRecord,
  sampleTraffic,
  START_MS,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';

function storeOf(...records: InspectionRecord[]): InspectionStore {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  return store;
}

t.test('a call goes from state to state, and keeps what its end says', (t) => {
  const store = storeOf(
    endpointRecord(),
    callRecord(),
    stepRecord({ attempt: 1 }),
    finalStep({ atMs: START_MS + 9, outcome: { state: 'resolved', value: 'hello', rttMs: 8.5 } }),
  );
  const [side] = store.transaction(transactionIdOf(1))!.sides;
  t.match(side, {
    kind: 'call',
    state: 'resolved',
    final: true,
    attempts: 1,
    elapsedMs: 8.5,
    note: '"hello"',
    endedAtMs: START_MS + 9,
  });
  t.equal(store.states.get('call resolved'), 1);
  t.equal(store.states.get('call queued'), 0);
  t.same(store.peers[0]?.roundTrips.items(), [{ atMs: START_MS + 9, ms: 8.5 }]);
  t.end();
});

t.test('a notification is a side of its transaction, and its end says why', (t) => {
  const { type: _type, timeoutMs: _timeoutMs, ...common } = callRecord();
  const notification = { ...common, type: 'notification', latest: 'k' } as const;
  const store = storeOf(
    endpointRecord(),
    notification,
    finalStep({ event: 'dropped', state: 'dropped', because: 'no room' }),
  );
  const [side] = store.transaction(transactionIdOf(1))!.sides;
  t.match(side, { kind: 'notification', state: 'dropped', final: true, note: 'no room' });
  t.equal(store.states.get('notification dropped'), 1);
  t.equal(store.states.get('notification queued'), 0);
  t.match(timelineOf(side!, 'queued'), [
    { title: 'notified', detail: `to ${notification.peer}`, state: 'queued' },
    { title: 'dropped', detail: 'no room' },
  ]);
  t.end();
});

t.test('nothing changes a call that has ended', (t) => {
  const store = storeOf(callRecord(), finalStep(), stepRecord({ state: 'sent' }));
  t.equal(store.transaction(transactionIdOf(1))!.sides[0]!.state, 'resolved');
  t.end();
});

t.test('both ends of a call are one transaction, with the frames of both', (t) => {
  const store = storeOf(
    endpointRecord(),
    endpointRecord({ endpoint: 'server', address: '127.0.0.1:1234' }),
    callRecord(),
    datagramRecord(),
    datagramRecord({ endpoint: 'server', direction: 'in', peer: '127.0.0.1:5678' }),
    handlerRecord(),
  );
  const { sides, frames } = store.transaction(transactionIdOf(1))!;
  t.same(
    sides.map(({ kind }) => kind),
    ['call', 'handler'],
  );
  t.same(
    frames.map(({ endpoint, direction }) => `${endpoint} ${direction}`),
    ['client out', 'server in'],
  );
  t.end();
});

t.test('above the limit the oldest ended calls are removed first, and counted', (t) => {
  const store = new InspectionStore({ sides: 3 });
  store.apply(callRecord({ actor: 1 }));
  for (const actor of [2, 3]) {
    store.apply(callRecord({ actor }));
    store.apply(finalStep({ actor }));
  }
  store.apply(callRecord({ actor: 4 }));
  store.apply(callRecord({ actor: 5 }));
  const kept = [1, 2, 3, 4, 5].filter((actor) => store.transaction(transactionIdOf(actor)));
  t.same(kept, [1, 4, 5], 'the living call stays, though it is older');
  t.equal(store.evicted, 2);
  t.equal(store.size, 3);
  t.equal(store.states.get('call resolved'), 0);
  store.apply(callRecord({ actor: 6 }));
  t.notOk(store.transaction(transactionIdOf(1)), 'if none has ended, the oldest leaves');
  t.end();
});

t.test('the number of frames without a call is bounded', (t) => {
  const store = new InspectionStore({ looseTransactions: 2, recentFrames: 3 });
  for (const number of [1, 2, 3, 4, 5, 6, 7]) {
    const frames = [{ type: 'response', transactionId: transactionIdOf(number), base64: '' }];
    store.apply(datagramRecord({ frames }));
  }
  t.equal([...store.transactions()].length, 2);
  t.equal(store.recentFrames().length, 3);
  t.end();
});

t.test('a frame that came before its call belongs to it', (t) => {
  const store = new InspectionStore({ looseTransactions: 1 });
  store.apply(datagramRecord());
  store.apply(callRecord());
  const frames = [{ type: 'response', transactionId: transactionIdOf(9), base64: '' }];
  store.apply(datagramRecord({ frames }));
  t.equal(store.transaction(transactionIdOf(1))?.frames.length, 1);
  t.end();
});

t.test('the numbers of endpoints and peers are bounded', (t) => {
  const store = new InspectionStore({ endpoints: 2, peers: 2 });
  store.apply(endpointRecord({ endpoint: 'a' }));
  store.apply(endpointRecord({ endpoint: 'b' }));
  store.apply(closedRecord({ endpoint: 'b' }));
  store.apply(endpointRecord({ endpoint: 'c' }));
  t.same([...store.endpoints.keys()], ['a', 'c'], 'the one that closed leaves first');
  for (const peer of ['10.0.0.1:1', '10.0.0.2:1', '10.0.0.3:1']) store.apply(peerRecord({ peer }));
  t.same(
    store.peers.map(({ address }) => address),
    ['10.0.0.2:1', '10.0.0.3:1'],
  );
  t.end();
});

t.test('when an endpoint closes, or its feed is lost, its living calls end', (t) => {
  const store = storeOf(endpointRecord(), callRecord(), closedRecord({ lost: true }));
  const endpoint = store.endpoints.get('client')!;
  t.equal(endpoint.condition, 'lost');
  t.equal(store.transaction(transactionIdOf(1))!.sides[0]!.note, 'its feed broke off');
  store.apply(endpointRecord());
  t.equal(endpoint.condition, 'live', 'and lives again when its feed comes back');
  const { stats } = countsRecord();
  for (const state of ['draining', 'closing']) {
    store.apply(countsRecord({ stats: { ...stats, state } }));
    t.equal(endpoint.condition, state);
  }
  t.end();
});

t.test('steps of an unknown call, and counts of an unknown endpoint, do no harm', (t) => {
  const store = storeOf(stepRecord(), countsRecord(), closedRecord());
  t.equal(store.unknownSteps, 1);
  t.end();
});

t.test('an endpoint that opens again under its name may number its actors again', (t) => {
  const store = storeOf(
    callRecord({ actor: 1, transactionId: transactionIdOf(1) }),
    callRecord({ actor: 1, transactionId: transactionIdOf(2) }),
    finalStep({ actor: 1 }),
    callRecord({ actor: 1, transactionId: transactionIdOf(2) }),
  );
  t.equal(store.size, 2, 'the same record twice is one call');
  t.equal(store.transaction(transactionIdOf(1))!.sides[0]!.state, 'queued');
  t.equal(store.transaction(transactionIdOf(2))!.sides[0]!.state, 'resolved');
  t.end();
});

t.test('names from the network that all objects have as properties are names like others', (t) => {
  const store = storeOf(
    callRecord({ procedure: '__proto__', peer: 'constructor' }),
    stepRecord({ state: 'toString' }),
  );
  t.same(store.procedures.names(), ['__proto__']);
  t.same(store.peerAddresses.names(), ['constructor']);
  t.equal(store.states.get('call toString'), 1);
  t.end();
});

t.test('the store has what the sample traffic counts', (t) => {
  const store = storeOf(...sampleTraffic(3, 400));
  const { outcomes } = store.endpoints.get('client')!.counts.last()!.stats;
  t.equal(store.states.get('call resolved'), outcomes.resolved);
  t.equal(store.states.get('call rejected'), outcomes.rejected);
  t.equal(store.states.get('call late') + store.states.get('call lost'), outcomes.timedOut);
  t.end();
});

t.test('a storm of failures pushes out only itself', (t) => {
  const store = new InspectionStore({ sides: 200 });
  store.apply(endpointRecord());
  const end = (first: number, count: number, state: string, code?: string) => {
    for (let actor = first; actor < first + count; actor += 1) {
      store.apply(callRecord({ actor }));
      store.apply(finalStep({ actor, event: 'x', state, outcome: { state, error: { code } } }));
    }
  };
  end(1, 100, 'resolved');
  end(101, 30, 'rejected', 'noSuchUser');
  end(131, 10_000, 'unsent', 'ERR_RPCUDP_MAILBOX_FULL');
  t.equal(store.states.get('call resolved'), 100);
  t.equal(store.states.get('call rejected'), 30);
  t.equal(store.states.get('call unsent'), 70);
  t.equal(store.evicted, 9_930);
  t.end();
});
