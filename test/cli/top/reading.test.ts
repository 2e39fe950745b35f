import t from 'tap';
import { Reading } from '../../../src/cli/top/reading.js';
import { sectionsOf } from '../../../src/cli/top/sections.js';
import {
  START_MS,
  callRecord,
  closedRecord,
  countsRecord,
  endpointRecord,
  handlerRecord,
  peerRecord,
  sampleTraffic,
  stepRecord,
} from '../../fixtures/inspection-records.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';

/** The reading after all records came, each when it was made. */
function readingOf(records: readonly InspectionRecord[]): Reading {
  const reading = new Reading();
  for (const record of records) reading.add(record, record.atMs);
  return reading;
}

t.test('counts, rates and sums are those of the records', async (t) => {
  const records = sampleTraffic(1, 200);
  const lastMs = records.at(-1)?.atMs ?? 0;
  const { endpoints } = readingOf(records).snapshot(lastMs);
  const [client, server] = endpoints;
  const { stats } = records.filter((record) => record.type === 'counts').at(-2)!;
  const { counts } = client!;
  t.equal(counts?.callsMade.count, 200);
  t.match(counts?.outcomes.timedOut, { count: stats.outcomes.timedOut });
  t.equal(counts?.framesReceived, stats.framesReceived);
  for (const { counts } of [client!, server!]) {
    const settled = Object.values(counts!.fates).reduce((sum, { count }) => sum + count, 0);
    t.equal(settled, counts!.framesReceived, 'fates add up');
    t.notOk(Object.values(counts!.fates).some(({ count }) => count === 0));
  }
  const outcomes = client!.procedures.map(({ outcomes }) => outcomes);
  const resolved = outcomes.reduce((sum, { resolved }) => sum + resolved, 0);
  t.equal(resolved, stats.outcomes.resolved, 'procedures add up');
});

t.test(
  'a rate is the count of the last two seconds, whatever clock the endpoint has',
  async (t) => {
    for (const epochMs of [0, START_MS]) {
      const reading = new Reading();
      reading.add(endpointRecord({ atMs: epochMs }), START_MS);
      for (let ms = 0; ms <= 5_000; ms += 250) {
        const counts = countsRecord({ atMs: epochMs + ms });
        counts.stats.outcomes.resolved = ms / 10;
        reading.add(counts, START_MS + ms);
      }
      const callsMade = (ms: number) =>
        reading.snapshot(START_MS + ms).endpoints[0]!.counts!.callsMade;
      t.strictSame(callsMade(5_000), { count: 500, perSecond: 100 });
      t.strictSame(callsMade(9_000), { count: 500, perSecond: 0 });
    }
  },
);

const wrong: readonly (readonly [fields: Parameters<typeof stepRecord>[0], words: string])[] = [
  [
    { event: 'expired', state: 'timedOut', because: 'nothing was heard from the peer' },
    'timed out: nothing was heard from the peer',
  ],
  [
    {
      event: 'answeredElsewhere',
      state: 'timedOut',
      because: 'an answer came from 10.0.0.2:7',
    },
    'an answer came from 10.0.0.2:7',
  ],
  [{ event: 'answered', state: 'late', lateByMs: 62.5 }, 'an answer came 62.5 ms too late'],
  [
    {
      state: 'rejected',
      outcome: { error: { code: 'noSuchUser', message: 'There is no user 7' } },
    },
    'rejected: noSuchUser: There is no user 7',
  ],
  [
    { state: 'unsent', outcome: { error: { code: 'ERR_RPCUDP_MAILBOX', message: 'It is full' } } },
    'never sent: It is full',
  ],
  [{ state: 'failed', error: 'thrown as text' }, 'failed here: thrown as text'],
  [{ state: 'refused', because: 'overloaded' }, 'refused here: overloaded'],
  [{ state: 'abandoned' }, 'abandoned: the endpoint closed before it ended'],
];

t.test('troubles are described in words, the newest first, with their call', async (t) => {
  for (const [fields, words] of wrong) {
    const reading = readingOf([
      endpointRecord(),
      callRecord({ actor: 7, procedure: 'find' }),
      stepRecord({ actor: 7, atMs: START_MS + 10, ...fields }),
    ]);
    t.match(reading.snapshot(START_MS + 1_010).troubles, [
      { endpoint: 'client', procedure: 'find', peer: '127.0.0.1:1234', agoMs: 1_000, words },
    ]);
  }
});

t.test('healthy events are no trouble, nor is what a call gets after its time-out', async (t) => {
  const reading = readingOf([
    endpointRecord(),
    callRecord(),
    ...(['sent', 'awaiting', 'resolved', 'cancelled', 'lost'] as const).map((state) =>
      stepRecord({ state }),
    ),
    stepRecord({ state: 'timedOut', event: 'working' }),
    handlerRecord({ endpoint: 'client' }),
    stepRecord({ state: 'replied' }),
  ]);
  t.strictSame(reading.snapshot(START_MS).troubles, []);
});

t.test('a trouble whose beginning was not seen is shown without it', async (t) => {
  const reading = readingOf([endpointRecord(), stepRecord({ state: 'refused', actor: 9 })]);
  t.match(reading.snapshot(START_MS).troubles, [{ procedure: undefined, peer: undefined }]);
});

t.test('an endpoint drains and closes as its counts tell', async (t) => {
  const reading = readingOf([endpointRecord(), peerRecord()]);
  const { stats } = countsRecord();
  for (const state of ['open', 'draining', 'closing']) {
    reading.add(countsRecord({ stats: { ...stats, state } }), START_MS);
    const snapshot = reading.snapshot(START_MS);
    t.match(snapshot.endpoints, [{ state, peers: [{}], error: undefined }]);
    const sections = sectionsOf(snapshot, 120, 9);
    t.same(
      sections.map(({ name }) => name),
      ['endpoints', 'peers'],
      'its peers are shown',
    );
    t.match(JSON.stringify(sections[0]?.items), state);
  }
  reading.add(countsRecord({ stats: { ...stats, state: 'toString' } }), START_MS);
  t.match(reading.snapshot(START_MS).endpoints, [{ state: 'open' }], 'an unknown one is open');
});

t.test('an endpoint is open, lost, open again, and closed', async (t) => {
  const reading = new Reading();
  const stateAfter = (record: InspectionRecord) => {
    reading.add(record, record.atMs);
    return reading.snapshot(record.atMs).endpoints[0]?.state;
  };
  t.equal(stateAfter(endpointRecord({ seq: 1 })), 'open');
  t.equal(stateAfter(closedRecord({ seq: 1.5, lost: true })), 'lost');
  t.equal(stateAfter(endpointRecord({ seq: 1 })), 'open');
  t.equal(stateAfter(closedRecord({ seq: 9, error: 'EADDRINUSE' })), 'closed');
  t.match(reading.snapshot(START_MS).endpoints, [{ error: 'EADDRINUSE', peers: [] }]);
});

t.test('open endpoints come first, and those without a name are shown by port', async (t) => {
  const address = '10.0.0.1:40001';
  const reading = readingOf([
    endpointRecord({ endpoint: 'gone' }),
    closedRecord({ endpoint: 'gone' }),
    endpointRecord({ endpoint: 'here', name: address, address }),
  ]);
  t.match(reading.snapshot(START_MS).endpoints, [{ label: ':40001' }, { label: 'gone' }]);
  const same = '10.0.0.2:40001';
  reading.add(endpointRecord({ endpoint: 'other', name: same, address: same }), START_MS);
  t.match(
    reading.snapshot(START_MS).endpoints,
    [{ label: address }, { label: same }, {}],
    'a port that two have',
  );
});

t.test('a peer is shown by its last record', async (t) => {
  const reading = readingOf([
    endpointRecord(),
    peerRecord({ health: 'unknown' }),
    peerRecord({ peer: '10.0.0.1:1' }),
    peerRecord({ health: 'silent', roundTripMs: null }),
  ]);
  t.match(reading.snapshot(START_MS).endpoints[0]?.peers, [
    { address: '10.0.0.1:1' },
    { address: '127.0.0.1:1234', health: 'silent', roundTripMs: null },
  ]);
});

t.test('after a reset nothing is known', async (t) => {
  const reading = readingOf(sampleTraffic(1, 20));
  reading.reset();
  t.match(reading.snapshot(START_MS), { endpoints: [], troubles: [], leftOut: { endpoints: 0 } });
});

t.test(
  'endpoints, peers, troubles and living calls are bounded, and those left out are counted',
  async (t) => {
    const reading = new Reading();
    for (let index = 0; index < 300; index += 1) {
      reading.add(endpointRecord({ endpoint: `e${index}` }), START_MS);
      if (index === 99) reading.add(closedRecord({ endpoint: 'e99' }), START_MS);
    }
    for (let actor = 0; actor < 20_000; actor += 1) {
      const own = { endpoint: 'e299', actor };
      reading.add(callRecord(own), START_MS);
      reading.add(peerRecord({ ...own, peer: `10.0.${actor >> 8}.${actor & 255}:1` }), START_MS);
    }
    for (let actor = 0; actor < 20_000; actor += 1) {
      reading.add(stepRecord({ endpoint: 'e299', actor, state: 'refused' }), START_MS);
    }
    const counts = countsRecord({ endpoint: 'e299' });
    counts.stats.peersNow = 20_000;
    reading.add(counts, START_MS);
    const { endpoints, troubles, leftOut } = reading.snapshot(START_MS);
    t.equal(endpoints.length, 256);
    t.notOk(
      endpoints.some(({ name }) => name === 'e99'),
      'one that has closed goes first',
    );
    t.equal(endpoints.at(-1)?.peers.length, 1_000);
    t.equal(troubles.length, 100);
    t.strictSame(leftOut, { endpoints: 44, peers: 19_000 });
  },
);
