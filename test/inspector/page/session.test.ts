import t from 'tap';

import { recordLines } from '../../../src/inspector/page/store/recording.js';
import type { InspectionRecord } from '../../../src/inspector/record.js';
import {
  callRecord,
  closedRecord,
  countsRecord,
  endpointRecord,
  finalStep,
  sampleTraffic,
  stepRecord,
} from '../../fixtures/inspection-records.js';
import { TestHub } from './page-hub.js';

const FRAME_MS = 16;
/** After this time, what was applied is drawn. */
const DRAW_MS = 100;

/** A call for each of these actors. */
function calls(first: number, last: number): InspectionRecord[] {
  return Array.from({ length: last - first + 1 }, (_, n) => callRecord({ actor: first + n }));
}

function recordingFile(records: readonly InspectionRecord[], name = 'one.rpcudp.jsonl') {
  const text = recordLines(records);
  return { name, size: text.length, text: async () => text };
}

t.test('paused in the middle of a batch, it draws the whole batch and then stands still', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  // A slice of time ends after a few readings of the clock.
  frames.lookMs = 1;
  hub.send(calls(1, 100));
  hub.send(calls(101, 110));
  frames.pass(DRAW_MS);
  t.ok(session.rows.length > 0 && session.rows.length < 100, 'a batch is under way');
  let told: unknown;
  session.paused.subscribe((paused) => {
    told = { paused, listed: session.rows.length, waiting: session.waiting.value };
  });
  session.togglePause();
  t.same(told, { paused: true, listed: 100, waiting: 1 }, 'when it says that it is paused');
  const drawn = session.tick.value;
  for (let n = 0; n < 10; n += 1) frames.pass(DRAW_MS);
  t.equal(session.rows.length, 100, 'nothing moves');
  t.equal(session.tick.value, drawn, 'nothing is drawn again');
  session.step();
  t.equal(session.rows.length, 110, 'a step is one batch');
  t.end();
});

t.test('paused before everything that was applied is drawn, it draws it first', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  hub.send(calls(1, 10));
  frames.pass(DRAW_MS);
  hub.send(calls(11, 20));
  frames.pass(FRAME_MS);
  t.equal(session.rows.length, 10, 'applied, and not drawn');
  t.equal(session.store.size, 20);
  let listed = 0;
  session.paused.subscribe(() => (listed = session.rows.length));
  session.togglePause();
  t.equal(listed, 20, 'when it says that it is paused');
  const drawn = session.tick.value;
  for (let n = 0; n < 10; n += 1) frames.pass(DRAW_MS);
  t.equal(session.tick.value, drawn, 'nothing is drawn again');
  t.end();
});

t.test('it shows how many batches wait, from the moment it is paused', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  const told: number[] = [];
  session.paused.subscribe((paused) => {
    if (paused) told.push(session.waiting.value);
  });
  hub.send(calls(1, 2));
  hub.send(calls(3, 4));
  session.togglePause();
  t.same(told, [2], 'those that came before');
  hub.send(calls(5, 6));
  t.equal(session.waiting.value, 3);
  session.togglePause();
  frames.pass(DRAW_MS);
  t.equal(session.rows.length, 6, 'it has caught up');
  session.togglePause();
  t.same(told, [2, 0], 'none of those that waited the last time');
  t.end();
});

t.test('a step is drawn when it is counted', (t) => {
  const hub = TestHub.open();
  const { session } = hub;
  session.togglePause();
  for (const n of [1, 2, 3]) hub.send(calls(n, n));
  const told: number[][] = [];
  session.waiting.subscribe((waiting) => told.push([waiting, session.rows.length]));
  session.step();
  session.step();
  t.same(told, [
    [3, 0],
    [2, 1],
    [1, 2],
  ]);
  t.end();
});

t.test('a recording is shown as read when all of it is drawn', async (t) => {
  const { session, frames } = TestHub.open();
  const records = sampleTraffic(4, 60);
  const told: { progress: number; listed: number }[] = [];
  session.source.subscribe((source) => {
    if (source.kind === 'file') {
      told.push({ progress: source.progress, listed: session.rows.length });
    }
  });
  frames.lookMs = 1;
  await session.openFile(recordingFile(records));
  for (let n = 0; n < 100; n += 1) frames.pass(FRAME_MS);
  t.ok(told.length > 2, 'it reports its progress');
  t.same(
    told.find(({ progress }) => progress === 1),
    { progress: 1, listed: 60 },
  );
  t.end();
});

t.test('a recording without records is reported as empty when it is read', async (t) => {
  const { session } = TestHub.open();
  await session.openFile(recordingFile([], 'empty.jsonl'));
  t.match(session.problem.value, /^empty\.jsonl has no records/);
  t.end();
});

t.test('a recording paused while it is read stands still, and continues by steps', async (t) => {
  const { session, frames } = TestHub.open();
  frames.lookMs = 1;
  await session.openFile(recordingFile(sampleTraffic(4, 60)));
  frames.pass(FRAME_MS);
  const listed: number[] = [];
  session.paused.subscribe(() => listed.push(session.rows.length));
  session.togglePause();
  const drawn = session.tick.value;
  for (let n = 0; n < 10; n += 1) frames.pass(DRAW_MS);
  t.equal(session.tick.value, drawn, 'nothing is drawn again');
  t.equal(session.rows.length, listed.at(-1));
  for (let n = 0; n < 100; n += 1) session.step();
  t.match(session.source.value, { progress: 1 });
  t.equal(session.rows.length, 60);
  t.end();
});

t.test('what was shown before is gone when another source is named', async (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  hub.send(calls(1, 10));
  frames.pass(DRAW_MS);
  const told = new Set<string>();
  session.source.subscribe(({ kind }) => {
    told.add(`${kind}: ${session.rows.length} of ${session.store.size}`);
  });
  await session.openFile(recordingFile(calls(1, 5)));
  t.notOk(hub.connected);
  frames.pass(DRAW_MS);
  const drawn = session.tick.value;
  session.backToLive();
  t.ok(session.tick.value > drawn, 'it is drawn at once');
  t.ok(hub.connected);
  t.same([...told], ['live: 10 of 10', 'file: 0 of 0', 'file: 5 of 5', 'live: 0 of 0']);
  t.end();
});

t.test('an empty list is shown as empty only when it is known what there is', async (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  t.ok(session.isReading, 'the hub has not answered');
  hub.send([], { reset: true });
  const drawn = session.tick.value;
  frames.pass(DRAW_MS);
  t.notOk(session.isReading);
  t.ok(session.tick.value > drawn, 'it is drawn');
  session.clear();
  t.notOk(session.isReading);
  await session.openFile(recordingFile(sampleTraffic(4, 60)));
  t.ok(session.isReading);
  for (let n = 0; n < 100; n += 1) frames.pass(FRAME_MS);
  t.notOk(session.isReading);
  session.backToLive();
  t.ok(session.isReading);
  t.end();
});

t.test('cleared in the middle of a batch, nothing of that batch appears', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  frames.lookMs = 1;
  hub.send([endpointRecord(), ...calls(1, 100)]);
  frames.pass(DRAW_MS);
  const drawn = session.tick.value;
  session.clear();
  t.ok(session.tick.value > drawn, 'it is drawn at once');
  t.equal(session.rows.length, 0);
  for (let n = 0; n < 10; n += 1) frames.pass(DRAW_MS);
  t.equal(session.rows.length, 0);
  t.same([...session.store.endpoints.keys()], ['client'], 'endpoints that are open stay');
  t.end();
});

t.test('what comes again over a new connection is not applied twice', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  frames.lookMs = 1;
  hub.send(calls(1, 100));
  hub.send(calls(101, 110));
  frames.pass(DRAW_MS);
  t.same(hub.attempt(), { hub: 'hub', position: 100 }, 'the position of the begun batch is sent');
  for (let n = 0; n < 10; n += 1) frames.pass(DRAW_MS);
  t.equal(session.store.size, 100, 'it is finished, and no other is begun');
  hub.attemptEnds('broken');
  for (let n = 0; n < 10; n += 1) frames.pass(DRAW_MS);
  t.equal(session.store.size, 110, 'without an answer, the waiting batches are shown');
  hub.send(calls(111, 120));
  t.same(hub.attempt(), { hub: 'hub', position: 110 });
  hub.attemptEnds('open');
  for (let n = 0; n < 10; n += 1) frames.pass(DRAW_MS);
  t.equal(session.store.size, 110, 'the hub sends it again');
  t.end();
});

t.test('a component drawn for another reason finds rows and store of one moment', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  hub.send(calls(1, 10));
  frames.pass(DRAW_MS);
  hub.send(calls(11, 20));
  frames.pass(FRAME_MS);
  t.not(session.rows.length, session.store.size);
  session.follow();
  t.equal(session.rows.length, session.store.size);
  t.end();
});

t.test('until the hub has told everything, the page is catching up', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  t.equal(session.feedState.value, 'catchingUp');
  hub.send([endpointRecord(), ...calls(1, 10)], { reset: true, caughtUp: false });
  frames.pass(DRAW_MS);
  t.equal(session.feedState.value, 'catchingUp');
  t.ok(session.isReading);
  const [endpoint] = session.store.endpoints.values();
  t.equal(session.conditionOf(endpoint!), 'stale', 'what is known may be long past');
  hub.send(calls(11, 20));
  t.equal(session.feedState.value, 'catchingUp', 'until it is drawn');
  frames.pass(DRAW_MS);
  t.equal(session.feedState.value, 'live');
  t.notOk(session.isReading);
  t.equal(session.conditionOf(endpoint!), 'live');
  t.end();
});

t.test('a page that cannot follow is catching up, too', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  hub.send([endpointRecord()], { reset: true });
  frames.pass(DRAW_MS);
  session.togglePause();
  t.equal(session.feedState.value, 'paused');
  for (let n = 1; n <= 100; n += 1) hub.send(calls(n, n));
  frames.lookMs = 1;
  session.togglePause();
  t.equal(session.feedState.value, 'catchingUp');
  for (let n = 0; n < 100; n += 1) frames.pass(DRAW_MS);
  t.equal(session.feedState.value, 'live');
  t.end();
});

t.test('while the hub is gone, time stands still and nothing counts as current', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  hub.send([endpointRecord(), closedRecord({ endpoint: 'other' })], { reset: true });
  frames.pass(DRAW_MS);
  const [endpoint] = session.store.endpoints.values();
  hub.attempt();
  hub.attemptEnds('broken');
  t.equal(session.feedState.value, 'gone');
  t.equal(session.conditionOf(endpoint!), 'stale');
  const goneAtMs = session.nowMs();
  const { now } = Date;
  Date.now = () => goneAtMs + 60_000;
  hub.attempt();
  hub.attemptEnds('broken');
  t.equal(session.nowMs(), goneAtMs);
  Date.now = now;
  hub.attempt();
  hub.attemptEnds('open');
  t.equal(session.feedState.value, 'catchingUp', 'until it is known what has come meanwhile');
  hub.send([]);
  frames.pass(DRAW_MS);
  t.equal(session.feedState.value, 'live');
  t.equal(session.conditionOf(endpoint!), 'live');
  t.end();
});

t.test('after a restart of the hub the page has what it had, and each record once', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  const ended = [callRecord({ actor: 1 }), stepRecord({ actor: 1 }), finalStep({ actor: 1 })];
  const numbered = [endpointRecord(), ...ended, callRecord({ actor: 2 })].map((record, index) => ({
    ...record,
    seq: index + 1,
  }));
  const others = [endpointRecord({ endpoint: 'gone', seq: 1 })];
  const lost = callRecord({ endpoint: 'gone', seq: 2, actor: 9, transactionId: 'ab'.repeat(20) });
  hub.send([...numbered, ...others, lost], { reset: true });
  frames.pass(DRAW_MS);
  t.equal(session.rows.length, 3);

  hub.attempt();
  hub.attemptEnds('open');
  const news = [{ ...finalStep({ actor: 2 }), seq: 6 }];
  hub.send([...numbered, ...news], { hub: 'next', position: 6, reset: true });
  frames.pass(DRAW_MS);
  t.equal(session.store.size, 3);
  t.equal(session.rows.length, 3, 'nothing is gone, and nothing comes twice');
  const sides = [...session.store.transactions()].flatMap((transaction) => transaction.sides);
  t.same(
    sides.map(({ steps, state }) => [steps.length, state]),
    [
      [2, 'resolved'],
      [1, 'resolved'],
      [0, 'queued'],
    ],
  );
  t.equal(session.store.endpoints.get('client')?.condition, 'live');
  t.equal(session.store.endpoints.get('gone')?.condition, 'lost', 'it has not come back');
  t.equal(sides[2]?.note, 'its feed broke off');

  hub.send([...others, stepRecord({ endpoint: 'gone', seq: 3, actor: 9 })], { hub: 'next' });
  frames.pass(DRAW_MS);
  t.equal(session.store.endpoints.get('gone')?.condition, 'live', 'it may come back later');
  t.equal(sides[2]?.state, 'sent');
  t.end();
});

t.test('a call whose end was missed is not shown as living for ever', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  const records = [endpointRecord(), ...calls(1, 2)].map((record, n) => ({
    ...record,
    seq: n + 1,
  }));
  hub.send(records, { reset: true });
  hub.send([records[0]!, records[2]!], { reset: true });
  frames.pass(DRAW_MS);
  const notes = [...session.store.transactions()].map(({ sides }) => sides[0]?.note);
  t.same(notes, ['its end was not seen', '']);
  t.end();
});

t.test('a page that comes late knows how many calls it cannot show', (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  hub.send(calls(1, 2), { reset: true, callsDropped: 3_000 });
  frames.pass(DRAW_MS);
  t.equal(session.missing, 3_000);
  hub.send(calls(3, 4), { reset: true, callsDropped: 9_000 });
  frames.pass(DRAW_MS);
  t.equal(session.missing, 3_000, 'those that it has seen itself are not missing');
  t.end();
});

t.test('a hub that shows a recording is not live, and nor is a file', async (t) => {
  const hub = TestHub.open();
  const { session, frames } = hub;
  const end = closedRecord({ lost: true, recorded: true });
  hub.send([endpointRecord(), callRecord(), countsRecord(), end], { reset: true });
  frames.pass(DRAW_MS);
  t.equal(session.feedState.value, 'recording');
  t.equal(session.conditionOf(session.store.endpoints.get('client')!), 'recorded');
  t.equal([...session.store.transactions()][0]?.sides[0]?.note, 'the recording ended');
  hub.send([endpointRecord({ endpoint: 'other' })]);
  frames.pass(DRAW_MS);
  t.equal(session.feedState.value, 'live', 'an endpoint feeds it as well');

  await session.openFile(recordingFile([endpointRecord(), callRecord()]));
  for (let n = 0; n < 10; n += 1) frames.pass(FRAME_MS);
  t.equal(session.feedState.value, 'recording');
  t.equal(session.conditionOf(session.store.endpoints.get('client')!), 'recorded');
  t.end();
});
