import fc from 'fast-check';
import t from 'tap';
import { History } from '../../../src/inspector/hub/history.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  callRecord,
  closedRecord,
  countsRecord,
  datagramRecord,
  endpointRecord,
  finalStep,
  peerRecord,
  sampleTraffic,
  stepRecord,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

/** The records of the endpoint `client`, numbered. */
function numbered(records: readonly InspectionRecord[]): InspectionRecord[] {
  return records.map((record, index) => ({ ...record, seq: index + 1 }));
}

/** The history in short: type and number of each record. */
function outline(history: History): string[] {
  return history.all().map(({ type, seq }) => `${type} ${seq}`);
}

function historyOf(records: readonly InspectionRecord[], limits = {}): History {
  const history = new History(limits);
  for (const record of records) history.add(record);
  return history;
}

t.test('a history returns what was added, in order', async (t) => {
  const records = sampleTraffic(1, 50);
  const history = new History();
  for (const record of records) t.ok(history.add(record));
  t.strictSame(history.all(), records);
  t.equal(history.position, records.length);
});

t.test('what lives and what is latest is kept, however old it is', async (t) => {
  const history = historyOf(
    numbered([
      endpointRecord(),
      callRecord({ actor: 1 }),
      callRecord({ actor: 2 }),
      stepRecord({ actor: 1 }),
      datagramRecord({ frames: [{ base64: '', transactionId: transactionIdOf(1) }] }),
      countsRecord(),
      peerRecord({ peer: '10.0.0.1:1' }),
      countsRecord(),
      peerRecord({ peer: '10.0.0.2:2' }),
      peerRecord({ peer: '10.0.0.1:1' }),
      finalStep({ actor: 2 }),
      callRecord({ actor: 3 }),
    ]),
    { maxRecords: 2 },
  );
  const kept = [
    ...['endpoint 1', 'call 2', 'step 4', 'datagram 5'],
    ...['counts 8', 'peer 9', 'peer 10', 'call 12'],
  ];
  const needed = history.needed().map(({ text }) => JSON.parse(text) as InspectionRecord);
  t.strictSame(
    needed.map(({ type, seq }) => `${type} ${seq}`),
    kept,
  );
  t.strictSame(
    outline(history).filter((line) => !kept.includes(line)),
    ['call 3', 'step 11'],
    'and of the others the most useful ones',
  );
});

t.test('a storm of failures pushes out only itself', async (t) => {
  const call = (actor: number, state: string, outcome: Record<string, unknown>) => [
    callRecord({ actor, args: [state] }),
    finalStep({ actor, event: 'x', state, outcome: { state, ...outcome } }),
  ];
  const error = { code: 'ERR_RPCUDP_MAILBOX_FULL' };
  const actors = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);
  const history = historyOf(
    numbered([
      endpointRecord(),
      ...actors(1, 100).flatMap((actor) => call(actor, 'resolved', {})),
      ...actors(101, 20).flatMap((actor) => call(actor, 'rejected', { error: { code: 'no' } })),
      ...actors(121, 10_000).flatMap((actor) => call(actor, 'unsent', { error })),
    ]),
    { maxRecords: 400 },
  );
  const left = history
    .all()
    .flatMap((record) => (record.type === 'call' ? [String(record.args[0])] : []));
  const count = (state: string) => left.filter((one) => one === state).length;
  t.strictSame([count('resolved'), count('rejected')], [100, 20]);
  t.ok(count('unsent') >= 75 && count('unsent') <= 80, String(count('unsent')));
  t.equal(history.callsDropped, 10_000 - count('unsent'));
});

t.test(
  'nothing lives at a closed endpoint, which is forgotten when the ring has no more of its records',
  async (t) => {
    const history = historyOf(
      numbered([endpointRecord(), callRecord(), countsRecord(), closedRecord()]),
      { maxRecords: 1 },
    );
    t.strictSame(outline(history), ['endpoint 1', 'counts 3', 'endpoint.closed 4']);
    history.add(endpointRecord({ endpoint: 'other', seq: 1 }));
    for (const seq of [2, 3]) history.add(countsRecord({ endpoint: 'other', seq }));
    t.strictSame(outline(history), ['endpoint 1', 'counts 2', 'counts 3']);
    t.ok(history.hasEnded('client'));
    t.notOk(history.add(endpointRecord({ seq: 1 })), 'its repetition still counts as one');
  },
);

t.test('a lost endpoint keeps what lived, and continues when its record comes again', async (t) => {
  const records = numbered([endpointRecord(), callRecord()]);
  const history = historyOf(records, { maxRecords: 1 });
  history.add(closedRecord({ seq: 2.5, lost: true }));
  t.strictSame(outline(history), ['endpoint 1', 'call 2', 'endpoint.closed 2.5']);
  t.notOk(history.add(stepRecord({ seq: 3 })), 'its endpoint is not known');
  t.ok(history.add(records[0]!), 'its own record is taken again');
  t.notOk(history.add(records[1]!), 'others are not');
  t.ok(history.add(finalStep({ seq: 3 })));
  t.strictSame(outline(history), ['endpoint 1', 'step 3']);
});

t.test('repetitions, and records of endpoints without their own record, are refused', async (t) => {
  const records = sampleTraffic(2, 30);
  const history = historyOf(records);
  for (const record of records) t.notOk(history.add(record));
  t.notOk(history.add(stepRecord({ endpoint: 'stranger', seq: 1 })));
  t.strictSame(history.all(), records);
});

t.test('records after a position are returned, as long as there is room for them', async (t) => {
  const history = historyOf(numbered([endpointRecord(), callRecord(), stepRecord(), finalStep()]), {
    maxRecords: 2,
  });
  const positions = (after: number, maxChars?: number) =>
    history.since(after, maxChars).map(({ position }) => position);
  t.strictSame(positions(0), [1, 3, 4]);
  t.strictSame(positions(3), [4]);
  t.strictSame(positions(4), []);
  t.strictSame(positions(0, 1), [1], 'one at least');
  t.strictSame([history.drops, history.lastDropped, history.callsDropped], [1, 2, 1]);
});

t.test('gaps are closed, and every record is still found by its position', async (t) => {
  const history = historyOf(
    numbered([
      endpointRecord(),
      callRecord(),
      ...Array.from({ length: 10_000 }, () => countsRecord()),
    ]),
    { maxRecords: 10 },
  );
  t.strictSame(
    history.since(0).map(({ position }) => position),
    [1, 2, ...Array.from({ length: 11 }, (_, n) => 9_992 + n)],
  );
  t.equal(history.since(9_999).length, 3);
});

t.test('a value that JSON cannot hold changes nothing', async (t) => {
  let nested: unknown = 1;
  for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
  const history = historyOf(numbered([endpointRecord()]));
  t.throws(() => history.add(callRecord({ seq: 2, args: [nested] })), RangeError);
  t.equal(history.position, 1);
  t.ok(history.add(callRecord({ seq: 2 })));
});

t.test(
  'a transaction has a call and a handler; a feed that says more loses the oldest',
  async (t) => {
    const calls = Array.from({ length: 1_000 }, (_, index) =>
      callRecord({ actor: index, transactionId: transactionIdOf(1) }),
    );
    const frames = [{ base64: '', transactionId: transactionIdOf(1) }];
    const history = historyOf(
      numbered([endpointRecord(), ...calls, datagramRecord({ frames }), countsRecord()]),
      { maxRecords: 1 },
    );
    t.strictSame(outline(history), [
      'endpoint 1',
      'call 999',
      'call 1000',
      'call 1001',
      'datagram 1002',
      'counts 1003',
    ]);
    t.equal(history.drops, 997);
  },
);

t.test('a record of more than a mebi characters changes nothing', async (t) => {
  const history = historyOf(numbered([endpointRecord()]));
  const args = ['x'.repeat(1024 * 1024)];
  t.throws(() => history.add(callRecord({ seq: 2, args })), RangeError);
  t.equal(history.position, 1);
});

const LIMITS = { maxRecords: 40, maxChars: 20_000, maxLiving: 20, maxEndpoints: 4 };

const anyRecord = fc.record({
  kind: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom('endpoint', 'closed', 'lost') },
    { weight: 12, arbitrary: fc.constantFrom('call', 'call', 'call', 'step', 'datagram') },
    { weight: 4, arbitrary: fc.constantFrom('final', 'peer', 'counts') },
  ),
  endpoint: fc.nat(5),
  actor: fc.nat(40),
});

function recordOf(
  { kind, endpoint: number, actor }: { kind: string; endpoint: number; actor: number },
  seq: number,
): InspectionRecord {
  const common = { endpoint: `e${number}`, seq };
  switch (kind) {
    case 'endpoint':
      return endpointRecord({ ...common, charts: {} });
    case 'call':
      return callRecord({ ...common, actor, args: ['x'.repeat(20 * actor)] });
    case 'step':
      return stepRecord({ ...common, actor });
    case 'final':
      return finalStep({ ...common, actor });
    case 'datagram':
      return datagramRecord({
        ...common,
        frames: [{ base64: '', transactionId: transactionIdOf(actor) }],
      });
    case 'peer':
      return peerRecord({ ...common, peer: `10.0.0.${actor}:1` });
    case 'counts':
      return countsRecord(common);
    default:
      return closedRecord(kind === 'lost' ? { ...common, lost: true } : common);
  }
}

/** What is wrong with a history. `living` has the numbers of the living calls, by endpoint. */
function faultsOf(
  history: History,
  living: ReadonlyMap<string, Map<number, number>> | undefined,
): string[] {
  const kept = history.since(0);
  const positions = kept.map(({ position }) => position);
  const spare = kept.filter(({ needs }) => needs === 0);
  const needed = history.needed().map(({ text }) => JSON.parse(text) as InspectionRecord);
  const ofActors = needed.filter(({ type }) => ['call', 'step', 'datagram'].includes(type));
  const charsOf = (texts: readonly string[]) => texts.reduce((sum, { length }) => sum + length, 0);
  const sizes: readonly (readonly [what: string, size: number, limit: number])[] = [
    ['records', spare.length, LIMITS.maxRecords],
    ['characters', charsOf(spare.slice(1).map(({ text }) => text)), LIMITS.maxChars],
    ['living', needed.filter(({ type }) => type === 'call').length, LIMITS.maxLiving],
    ['characters living', charsOf(ofActors.map((one) => JSON.stringify(one))), LIMITS.maxChars],
    ['endpoints', new Set(needed.map(({ endpoint }) => endpoint)).size, LIMITS.maxEndpoints],
  ];
  const faults = sizes.flatMap(([what, size, limit]) => (size > limit ? [`${size} ${what}`] : []));
  if (positions.some((position, index) => position <= (positions[index - 1] ?? 0))) {
    faults.push('twice, or out of order');
  }
  const told = new Set(needed.map(({ endpoint, seq }) => `${endpoint} ${seq}`));
  for (const [endpoint, actors] of living ?? []) {
    const known = history.endpoint(endpoint);
    if (known?.open !== true) continue;
    for (const seq of actors.values()) {
      const isLost = seq > known.record.seq && !told.has(`${endpoint} ${seq}`);
      if (isLost) faults.push(`${endpoint} ${seq} is not there`);
    }
  }
  return faults;
}

t.test('for any records, memory is bounded and nothing is in it twice', async () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 400, size: 'max' }), (kinds) => {
      const history = new History(LIMITS);
      const living = new Map<string, Map<number, number>>();
      /** `full`: something that lived may have had to make room. */
      const room = { full: false, chars: 0 };
      const opened = [0, 1, 2].map((endpoint) => ({ kind: 'endpoint', endpoint, actor: 0 }));
      [...opened, ...kinds].forEach((kind, index) => {
        const record = recordOf(kind, index + 1);
        if (!history.add(record)) return;
        const actors = living.get(record.endpoint) ?? new Map<number, number>();
        living.set(record.endpoint, actors);
        if (record.type === 'call') actors.set(record.actor, record.seq);
        if (record.type === 'step' && record.final) actors.delete(record.actor);
        if (record.type === 'endpoint.closed' && record.lost !== true) actors.clear();
        room.chars += JSON.stringify(record).length;
        const lives = [...living.values()].reduce((sum, { size }) => sum + size, 0);
        room.full ||= lives > LIMITS.maxLiving || room.chars > LIMITS.maxChars;
      });
      const faults = faultsOf(history, room.full ? undefined : living);
      if (faults.length > 0) throw new Error(faults.join('; '));
    }),
    { numRuns: 200 },
  );
});

t.test(
  'a call that is repeated without end keeps its beginning and its latest steps',
  async (t) => {
    const steps = Array.from({ length: 500 }, () => stepRecord({ event: 'retransmitted' }));
    const history = historyOf(
      numbered([endpointRecord(), callRecord(), ...steps, countsRecord()]),
      {
        maxRecords: 1,
      },
    );
    const told = outline(history);
    t.equal(told.length, 1 + 64 + 1 + 1);
    t.strictSame(told.slice(0, 3), ['endpoint 1', 'call 2', 'step 439']);
    t.equal(told.at(-2), 'step 502');
    t.equal(history.drops, 500 - 63 - 1);
  },
);
