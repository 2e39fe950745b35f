/**
 * A sender that knows the id of a call, but is not at its address, cannot settle the call. Nor can
 * a sender that guesses ids.
 */
import t from 'tap';
import type { Fate } from '../../src/api/fate.js';
import { SeededRandom } from '../../src/testing/random.js';
import { namesOf } from '../../src/vocabulary.js';
import { FRAME_TYPES, TYPE_BYTE } from '../../src/wire/frame-type.js';
import { HostileEndpoint } from '../fixtures/hostile-endpoint.js';
import { answerTo } from '../fixtures/raw-peer.js';

const MILLION = 1_000_000;
const HONEST = ['10.0.0.2', 2000] as const;

const ANSWERS = namesOf(FRAME_TYPES)
  .filter((type) => FRAME_TYPES[type].taker === 'call')
  .map((type) => TYPE_BYTE[type]);
/** `["forged", "forged"]`: valid as the value of a response and as an error. */
const FORGED = Buffer.from(`92${'a6666f72676564'.repeat(2)}`, 'hex');

t.setTimeout(120_000);

/** Any address except that of the calls: each port of that host, and every other host in a /8. */
function elsewhere(index: number): readonly [host: string, port: number] {
  const port = 1 + (index % 65_535);
  if (index % 2 === 0 && port !== HONEST[1]) return [HONEST[0], port];
  return [`10.${1 + (index % 255)}.${(index >> 8) % 256}.${(index >> 16) % 256}`, HONEST[1]];
}

t.test(
  'a million answers with the right id from the wrong address settle nothing (H52)',
  async (t) => {
    const hostile = await HostileEndpoint.in(t, { timeoutMs: 60_000 });
    const calls = Array.from({ length: 4 }, () =>
      hostile.endpoint.peer(HONEST.join(':')).call('pay'),
    );
    const forgeries = hostile.sent.flatMap(({ datagram }) =>
      ANSWERS.map((type) => Buffer.concat([Buffer.of(type), datagram.subarray(1, 21), FORGED])),
    );
    const counts = new Map<Fate, number>();
    for (let index = 0; index < MILLION; index++) {
      const fate = hostile.receive(forgeries[index % forgeries.length]!, ...elsewhere(index));
      counts.set(fate, (counts.get(fate) ?? 0) + 1);
    }
    t.strictSame([...counts], [['response.wrongPeer', MILLION]]);
    t.match(hostile.endpoint.stats(), { inFlightNow: calls.length, peersNow: 1, queuedNow: 0 });
    for (const { datagram } of [...hostile.sent]) {
      t.equal(hostile.receive(answerTo(datagram, 'honest'), ...HONEST), 'response.matched');
    }
    for (const call of calls)
      t.match(await call, { state: 'resolved', value: 'honest', attempts: 1 });
  },
);

t.test('an answer from the wrong address settles nothing after the call either', async (t) => {
  const hostile = await HostileEndpoint.in(t);
  const peer = hostile.endpoint.peer(HONEST.join(':'));
  const timedOut = peer.call('pay', [], { timeoutMs: 10, attempts: 1 });
  const answered = peer.call('pay');
  hostile.receive(answerTo(hostile.sent[1]!.datagram, 1), ...HONEST);
  await hostile.clock.advance(20);
  for (const { datagram } of [...hostile.sent]) {
    for (let index = 0; index < 10_000; index++) {
      const fate = hostile.receive(answerTo(datagram, 'forged'), ...elsewhere(index));
      if (fate !== 'response.wrongPeer') t.fail(`${fate} from ${elsewhere(index).join(':')}`);
    }
  }
  t.match(
    [await timedOut, await answered],
    [{ state: 'timedOut' }, { state: 'resolved', value: 1 }],
  );
  const fates = hostile.sent.map(({ datagram }) =>
    hostile.receive(answerTo(datagram, 2), ...HONEST),
  );
  t.strictSame(
    fates,
    ['response.late', 'response.duplicate'],
    'and the true answers are still known',
  );
});

t.test(
  'a million answers with guessed ids find no call, and leave nothing behind (H51)',
  async (t) => {
    const hostile = await HostileEndpoint.in(t, { timeoutMs: 60_000 });
    const call = hostile.endpoint.peer(HONEST.join(':')).call('pay');
    const random = new SeededRandom(51);
    const guess = Buffer.concat([Buffer.alloc(21), FORGED]);
    const id = guess.subarray(1, 21);
    for (let index = 0; index < MILLION; index++) {
      guess[0] = ANSWERS[index % ANSWERS.length]!;
      random.fillBytes(id);
      // Every second guess is wrong in only one bit.
      if (index % 2 === 0) {
        hostile.idSent(0).copy(id);
        id[(index >> 4) % 20]! ^= 1 << ((index >> 1) & 7);
      }
      const fate = hostile.receive(guess, ...HONEST);
      if (fate !== 'response.orphan') t.fail(`${fate} for ${guess.toString('hex')}`);
    }
    const { peersNow, inFlightNow, lingeringNow, rememberedNow, attempted } =
      hostile.endpoint.stats();
    t.match(
      { peersNow, inFlightNow, lingeringNow, rememberedNow },
      { peersNow: 1, inFlightNow: 1, lingeringNow: 0, rememberedNow: 0 },
    );
    t.equal(attempted, 1, 'nobody is answered');
    hostile.receive(answerTo(hostile.sent[0]!.datagram, 1), ...HONEST);
    t.match(await call, { state: 'resolved', value: 1 });
  },
);
