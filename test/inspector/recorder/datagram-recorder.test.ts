import t from 'tap';
import { DatagramRecorder } from '../../../src/inspector/recorder/datagram-recorder.js';
import { Masking } from '../../../src/inspector/recorder/masking.js';
import type { RecordOf, Unnumbered } from '../../../src/inspector/record.js';
import { ShownIds } from '../../../src/inspector/recorder/shown-ids.js';
import { UNKNOWN } from '../../../src/legible/transaction.js';
import type { Transaction } from '../../../src/legible/transaction.js';
import { SimulatedClock } from '../../../src/testing/clock.js';
import { SeededRandom } from '../../../src/testing/random.js';
import { TransactionIds } from '../../../src/call/transaction-ids.js';
import { bundledBytes, encodeBundle } from '../../../src/wire/bundle.js';
import { encodeRequest } from '../../../src/wire/request.js';
import { encodeResponse } from '../../../src/wire/response.js';

type Told = Unnumbered<RecordOf<'datagram'>> & { readonly atMs: number };

const ECHO: Transaction = { procedure: 'echo', hasMasked: false };
const HOST = '10.0.0.1';

function setUp() {
  const told: Told[] = [];
  const clock = new SimulatedClock();
  const recorder = new DatagramRecorder(
    (unnumbered, atMs) => {
      told.push({ ...unnumbered, atMs });
    },
    new Masking(undefined),
    clock,
  );
  const ids = new TransactionIds(new SeededRandom(7));
  const receive = (datagram: Buffer, fates: readonly string[], atMs = 0): void => {
    recorder.received(datagram, HOST, 1, atMs);
    recorder.settled(fates);
  };
  return { told, clock, recorder, ids, receive };
}

const response = (id: string) => encodeResponse(id, 1).toDatagram();

t.test(
  'of a bundle only the frames of shown calls are recorded, and the number of all',
  async (t) => {
    const { told, recorder, ids, receive } = setUp();
    const frames = Array.from({ length: 5 }, () => encodeResponse(ids.next(), 1));
    const bundle = encodeBundle(
      frames,
      frames.reduce((sum, frame) => sum + bundledBytes(frame), 0),
    );
    const fates = frames.map(() => 'response.matched');
    receive(bundle, fates);
    recorder.sent(bundle, HOST, 1);
    t.equal(told.length, 0);
    recorder.show(frames[1]?.id ?? '', ECHO);
    recorder.show(frames[4]?.id ?? '', ECHO);
    receive(bundle, fates, 12);
    recorder.sent(bundle, '::1', 2);
    recorder.left(bundle, null);
    t.match(told[0], {
      direction: 'in',
      peer: '10.0.0.1:1',
      bundle: true,
      frameCount: 5,
      atMs: 12,
    });
    t.equal(told[0]?.bytes, bundle.length);
    for (const { frames: shown } of told) {
      t.strictSame(
        shown.map(({ transactionId }) => transactionId),
        [frames[1]?.id, frames[4]?.id],
      );
    }
    t.match(told[1], { direction: 'out', peer: '[::1]:2' });
    t.equal(told[1]?.frames[0]?.base64, frames[1]?.toDatagram().toString('base64'));
  },
);

t.test('the datagram that was received last is settled first', async (t) => {
  const { told, recorder, ids } = setUp();
  const [outer, inner] = [ids.next(), ids.next()];
  for (const id of [outer, inner]) recorder.show(id, ECHO);
  recorder.received(response(outer), HOST, 1, 1);
  recorder.received(response(inner), HOST, 2, 2);
  recorder.settled(['response.matched']);
  recorder.settled(['response.late']);
  recorder.settled(['response.late']);
  t.match(told, [
    { peer: '10.0.0.1:2', frames: [{ transactionId: inner, fate: 'response.matched' }] },
    { peer: '10.0.0.1:1', frames: [{ transactionId: outer, fate: 'response.late' }] },
  ]);
  t.equal(told.length, 2);
});

t.test('stray frames are recorded, up to 200 a second', async (t) => {
  const { told, ids, receive } = setUp();
  for (let number = 0; number < 1_000; number += 1) {
    receive(response(ids.next()), ['response.orphan'], number);
  }
  t.equal(told.length, 200);
  receive(response(ids.next()), ['response.orphan'], 1_000);
  receive(Buffer.of(1, 2, 3), ['malformed.tooShort'], 1_000);
  receive(Buffer.of(), ['malformed.tooShort'], 1_000);
  receive(Buffer.concat([Buffer.of(4), Buffer.alloc(30)]), ['malformed.shape'], 1_000);
  t.equal(told.length, 204);
  t.match(told.at(-2), { bytes: 0, frames: [{ fate: 'malformed.tooShort', base64: '' }] });
  t.match(told.at(-1), { bundle: true, frameCount: 1, frames: [{ type: 'bundle' }] });
});

t.test('a million ids take bounded memory, and the latest are known', async (t) => {
  const { told, recorder, ids, receive } = setUp();
  const all = Array.from({ length: 1_000_000 }, () => ids.next());
  for (const id of all) recorder.show(id, ECHO);
  const known = (id: string | undefined) => {
    told.length = 0;
    receive(response(id ?? ''), ['response.matched']);
    return told.length === 1;
  };
  t.ok(all.slice(-8_192).every(known));
  t.equal(all.slice(0, -16_384).filter(known).length, 0);
  const shown = new ShownIds();
  for (const id of all) shown.add(id, ECHO);
  const others = Array.from({ length: 1_000 }, () => Buffer.from(ids.next(), 'hex'));
  const taken = others.filter((id) => shown.mayHave(id, 0)).length;
  t.ok(taken < 150, `${taken} of 1,000 others are taken for one of them at first`);
});

t.test('a datagram sent just before its request was shown is recorded later, once', async (t) => {
  const { told, recorder, ids } = setUp();
  const id = ids.next();
  recorder.sent(response(id), HOST, 1);
  recorder.tellUnshown(id);
  t.equal(told.length, 0, 'not unless it is shown');
  const datagram = response(id);
  recorder.sent(datagram, HOST, 1);
  recorder.left(datagram, null);
  recorder.show(id, UNKNOWN);
  recorder.tellUnshown(ids.next());
  recorder.tellUnshown(id);
  recorder.tellUnshown(id);
  t.match(told, [{ direction: 'out', frames: [{ transactionId: id, type: 'response' }] }]);
  t.equal(told.length, 1);
});

t.test('a repeated request is recorded with the reply that is sent again', async (t) => {
  const { told, recorder, ids } = setUp();
  const id = ids.next();
  recorder.received(encodeRequest(id, 'echo', []).toDatagram(), HOST, 1, 5);
  recorder.sent(response(id), HOST, 1);
  recorder.settled(['request.replayed']);
  recorder.tellDeparting();
  t.match(told, [
    { direction: 'in', frames: [{ fate: 'request.replayed' }] },
    { direction: 'out', frames: [{ type: 'response' }] },
  ]);
});

t.test('a frame is rebuilt, unless it is being routed and will be recorded', async (t) => {
  const { told, recorder, ids } = setUp();
  const id = ids.next();
  const datagram = encodeRequest(id, 'echo', []).toDatagram();
  recorder.show(id, ECHO);
  recorder.received(datagram, HOST, 1, 5);
  recorder.remade(datagram.subarray(0), 'in', '10.0.0.1:1', 5);
  recorder.settled(['request.run']);
  t.strictSame(
    told.map(({ remade }) => remade),
    [undefined],
  );
  recorder.remade(datagram, 'in', '10.0.0.1:1', 5);
  t.match(told[1], { remade: true, frames: [{ fate: 'request.run' }] });
});

t.test(
  'what the system refuses is recorded as refused, with the time of the attempt',
  async (t) => {
    const { told, clock, recorder, ids } = setUp();
    const [taken, refused] = [ids.next(), ids.next()];
    for (const id of [taken, refused]) recorder.show(id, ECHO);
    const [one, other] = [response(taken), response(refused)];
    recorder.sent(one, HOST, 1);
    recorder.sent(other, HOST, 1);
    t.equal(told.length, 0, 'it is not known yet');
    await clock.advance(7);
    recorder.left(other, Object.assign(new Error('send EMSGSIZE'), { code: 'EMSGSIZE' }));
    recorder.left(one, null);
    recorder.left(one, null);
    t.match(told, [
      { refused: 'EMSGSIZE', atMs: 0, frames: [{ transactionId: refused }] },
      { refused: undefined, atMs: 0, frames: [{ transactionId: taken }] },
    ]);
    t.equal(told.length, 2);
  },
);

t.test('what the system has not taken in the end is recorded as sent', async (t) => {
  const { told, recorder, ids } = setUp();
  const id = ids.next();
  recorder.show(id, ECHO);
  for (let number = 0; number < 5_000; number += 1) recorder.sent(response(id), HOST, 1);
  t.equal(told.length, 5_000 - 4_096, 'so many may wait');
  recorder.tellDeparting();
  t.equal(told.length, 5_000);
});
