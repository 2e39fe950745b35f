import t from 'tap';

import type { Arrow } from '../../../src/inspector/page/store/arrows.js';
import { arrowsOf, LOST_AFTER_MS, peerLane } from '../../../src/inspector/page/store/arrows.js';
import { InspectionStore } from '../../../src/inspector/page/store/inspection-store.js';
import { sequenceOf } from '../../../src/inspector/page/store/sequence.js';
import { layOut } from '../../../src/inspector/page/store/sequence-layout.js';
import type { InspectionRecord, RecordOf } from '../../../src/inspector/record.js';
import {
  callRecord,
  CLIENT_ADDRESS,
  closedRecord,
  countsRecord,
  datagramRecord,
  endpointRecord,
  handlerRecord,
  sampleTraffic,
  SERVER_ADDRESS,
  START_MS,
  transactionIdOf,
} from '../../fixtures/inspection-records.js';

type FrameFields = RecordOf<'datagram'>['frames'][number];

const CLIENT = endpointRecord();
const SERVER = endpointRecord({ endpoint: 'server', address: SERVER_ADDRESS });

function frame(
  endpoint: 'client' | 'server',
  direction: 'in' | 'out',
  afterMs: number,
  fields: Partial<FrameFields> = {},
): RecordOf<'datagram'> {
  return datagramRecord({
    endpoint,
    direction,
    atMs: START_MS + afterMs,
    peer: endpoint === 'client' ? SERVER_ADDRESS : CLIENT_ADDRESS,
    frames: [{ type: 'request', transactionId: transactionIdOf(1), base64: 'AA==', ...fields }],
  });
}

function arrows(records: readonly InspectionRecord[], nowMs = 60_000): Arrow[] {
  const store = new InspectionStore();
  for (const record of records) store.apply(record);
  const { endpoints, aliases } = store;
  const frames = store.transaction(transactionIdOf(1))?.frames ?? store.recentFrames();
  return arrowsOf(frames, { endpoints, aliases, nowMs: START_MS + nowMs });
}

t.test('a frame that one end sent and the other received is one arrow', (t) => {
  const [arrow, ...rest] = arrows([
    CLIENT,
    SERVER,
    frame('server', 'in', 4, { fate: 'request.run' }),
    frame('client', 'out', 1),
  ]);
  t.match(arrow, {
    from: 'client',
    to: 'server',
    sentAtMs: START_MS + 1,
    receivedAtMs: START_MS + 4,
    arrival: 'arrived',
    repetition: undefined,
    fate: 'request.run',
  });
  t.same(rest, []);
  t.end();
});

t.test('a retransmission is joined by its bytes, and the first one is shown as lost', (t) => {
  const drawn = arrows([
    CLIENT,
    SERVER,
    frame('client', 'out', 0, { base64: 'AQ==' }),
    frame('client', 'out', 500, { base64: 'Ag==' }),
    frame('server', 'in', 503, { base64: 'Ag==' }),
  ]);
  t.match(drawn, [
    { arrival: 'lost', repetition: undefined, ordinal: 1 },
    { arrival: 'arrived', repetition: 'retransmission', ordinal: 2, sentAtMs: START_MS + 500 },
  ]);
  t.end();
});

t.test('if the same bytes were sent twice, time decides which arrived', (t) => {
  const drawn = arrows([
    CLIENT,
    SERVER,
    frame('client', 'out', 0),
    frame('client', 'out', 500),
    frame('server', 'in', 503),
  ]);
  t.match(drawn, [{ arrival: 'lost' }, { arrival: 'arrived', repetition: 'retransmission' }]);
  t.end();
});

t.test('a frame that took long is recognised by its bytes', (t) => {
  const drawn = arrows([
    CLIENT,
    SERVER,
    frame('client', 'out', 0, { base64: 'AQ==' }),
    frame('client', 'out', 500, { base64: 'Ag==' }),
    frame('server', 'in', 503, { base64: 'AQ==' }),
  ]);
  t.match(drawn, [
    { arrival: 'arrived', sentAtMs: START_MS, receivedAtMs: START_MS + 503 },
    { arrival: 'lost', ordinal: 2 },
  ]);
  t.end();
});

t.test('the same bytes sent twice and received twice are two arrows, and no duplicates', (t) => {
  const drawn = arrows([
    CLIENT,
    SERVER,
    frame('client', 'out', 0),
    frame('client', 'out', 90),
    frame('server', 'in', 93),
    frame('server', 'in', 95),
  ]);
  t.match(drawn, [
    { arrival: 'arrived', ordinal: 1, repetition: undefined },
    { arrival: 'arrived', ordinal: 2, repetition: 'retransmission' },
  ]);
  t.equal(drawn.length, 2);
  t.end();
});

t.test('a second copy of the latest is a duplicate, not one that was lost long before', (t) => {
  const drawn = arrows([
    CLIENT,
    SERVER,
    frame('client', 'out', 0),
    frame('client', 'out', 500),
    frame('server', 'in', 503),
    frame('server', 'in', 505),
  ]);
  t.match(drawn, [
    { arrival: 'lost', ordinal: 1 },
    { arrival: 'arrived', ordinal: 2, repetition: 'retransmission' },
    { arrival: 'arrived', ordinal: 2, repetition: 'duplicate' },
  ]);
  t.end();
});

t.test('a frame that was sent once and arrives twice gives a duplicate', (t) => {
  const drawn = arrows([
    CLIENT,
    SERVER,
    frame('client', 'out', 0),
    frame('server', 'in', 3, { fate: 'request.run' }),
    frame('server', 'in', 8, { fate: 'request.duplicate' }),
  ]);
  t.match(drawn, [
    { repetition: undefined, receivedAtMs: START_MS + 3 },
    { repetition: 'duplicate', receivedAtMs: START_MS + 8, sentAtMs: START_MS },
  ]);
  t.end();
});

t.test('if the sender is not inspected, the fate shows a duplicate', (t) => {
  const [arrow] = arrows([SERVER, frame('server', 'in', 3, { fate: 'request.replayed' })]);
  t.match(arrow, { from: peerLane(CLIENT_ADDRESS), to: 'server', repetition: 'duplicate' });
  t.end();
});

t.test('an answer after the time-out is late', (t) => {
  const [arrow] = arrows([
    CLIENT,
    frame('client', 'in', 3, { type: 'response', fate: 'response.late' }),
  ]);
  t.match(arrow, { late: true, arrival: 'arrived' });
  t.end();
});

t.test('what an inspected endpoint has not received is on the way, then lost', (t) => {
  const records = [CLIENT, SERVER, frame('client', 'out', 0)];
  t.equal(arrows(records, LOST_AFTER_MS - 1)[0]?.arrival, 'travelling');
  t.equal(arrows(records, LOST_AFTER_MS)[0]?.arrival, 'lost');
  t.end();
});

t.test('nothing is shown as lost that its receiver may not have reported', (t) => {
  const sent = frame('client', 'out', 0);
  const sampled = countsRecord({ endpoint: 'server', oneIn: 4 });
  t.equal(arrows([CLIENT, sent])[0]?.arrival, 'sent', 'it is not inspected');
  t.equal(arrows([CLIENT, SERVER, sampled, sent])[0]?.arrival, 'sent', 'it shows one in four');
  t.equal(
    arrows([CLIENT, SERVER, sampled, sent, handlerRecord()])[0]?.arrival,
    'lost',
    'but it shows this one',
  );
  const gone = closedRecord({ endpoint: 'server', atMs: START_MS + 100, lost: true });
  t.equal(arrows([CLIENT, SERVER, sent, gone])[0]?.arrival, 'sent', 'its feed broke off');
  const late = endpointRecord({ ...SERVER, atMs: START_MS + 10 });
  t.equal(arrows([CLIENT, late, sent])[0]?.arrival, 'sent', 'it was not inspected yet');
  t.end();
});

t.test('a relay between the two is learned from calls that both ends report', (t) => {
  const relayed = { ...frame('client', 'out', 0), peer: '127.0.0.1:9999' };
  const drawn = arrows([
    CLIENT,
    SERVER,
    callRecord({ actor: 2, peer: '127.0.0.1:9999' }),
    handlerRecord({ actor: 2, peer: '127.0.0.1:8888' }),
    relayed,
  ]);
  t.match(drawn, [{ to: 'server', arrival: 'lost' }]);
  t.end();
});

t.test('an endpoint bound to all addresses is found by its port on this machine', (t) => {
  const anywhere = { ...SERVER, address: '0.0.0.0:1234' };
  t.equal(arrows([CLIENT, anywhere, frame('client', 'out', 0)])[0]?.to, 'server');
  t.end();
});

t.test('frames with masked bytes are joined too', (t) => {
  const drawn = arrows([
    CLIENT,
    SERVER,
    frame('client', 'out', 0, { base64: 'AQ==', masked: true }),
    frame('server', 'in', 3, { base64: 'Ag==' }),
  ]);
  t.equal(drawn.length, 1);
  t.end();
});

t.test('frames that belong to no call are drawn too', (t) => {
  const { transactionId: _, ...unreadable } = frame('server', 'in', 0).frames[0]!;
  const store = new InspectionStore();
  store.apply(SERVER);
  store.apply(
    datagramRecord({
      endpoint: 'server',
      direction: 'in',
      peer: CLIENT_ADDRESS,
      frames: [unreadable, unreadable],
    }),
  );
  const { lanes, arrows: drawn } = sequenceOf(store.recentFrames(), {
    endpoints: store.endpoints,
    aliases: store.aliases,
    nowMs: START_MS,
  });
  t.equal(drawn.length, 2);
  t.same(lanes, ['server', peerLane(CLIENT_ADDRESS)]);
  t.end();
});

t.test('each arrow of the sample traffic goes down, and none is drawn twice', (t) => {
  const store = new InspectionStore();
  for (const record of sampleTraffic(5, 200)) store.apply(record);
  const { arrows: drawn, lanes } = sequenceOf(store.recentFrames(), {
    endpoints: store.endpoints,
    aliases: store.aliases,
    nowMs: START_MS + 60_000,
  });
  t.same(lanes, ['client', 'server']);
  const outs = store.recentFrames().filter(({ direction }) => direction === 'out').length;
  t.equal(drawn.length, outs, 'the sample repeats nothing on the way');
  t.ok(drawn.some(({ arrival }) => arrival === 'lost'));
  t.ok(drawn.some(({ late }) => late));
  const { arrows: placed, height, marks } = layOut(drawn);
  t.ok(placed.every(({ sentY, receivedY }) => sentY < receivedY && receivedY < height));
  t.same(
    marks.map(({ y }) => y),
    marks.map(({ y }) => y).sort((a, b) => a - b),
  );
  t.end();
});

t.test('what the system of its sender refused ends there, and was never sent', (t) => {
  const refused = { ...frame('client', 'out', 0), refused: 'EMSGSIZE' };
  const drawn = arrows([
    CLIENT,
    SERVER,
    refused,
    frame('client', 'out', 500),
    frame('server', 'in', 503),
  ]);
  t.match(drawn, [
    { arrival: 'refused', ordinal: 1, received: undefined },
    { arrival: 'arrived', ordinal: 1, repetition: undefined, sentAtMs: START_MS + 500 },
  ]);
  t.match(arrows([CLIENT, SERVER, refused], 0), [{ arrival: 'refused' }], 'from the beginning');
  t.end();
});
