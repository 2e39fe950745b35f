/**
 * Answers that come when their call is over. They are distinguished from each other, and from
 * answers that nobody asked for.
 */
import fc from 'fast-check';
import t from 'tap';
import { RecentIds } from '../../src/call/recent-ids.js';
import { frame, idOf } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const MAX_IDS = 4_096;

/** A transaction id that begins with this number in six digits. All other digits are equal. */
const idOfNumber = (number: number, rest = 0) =>
  number.toString(16).padStart(6, '0') + rest.toString(16).repeat(34);

t.test('an id is remembered with the address that was added last', async (t) => {
  const ids = new RecentIds();
  t.equal(ids.addressOf(idOfNumber(1)), undefined);
  t.equal(ids.addressOf(idOfNumber(0)), undefined);
  ids.add(idOfNumber(1), 'a');
  ids.add(idOfNumber(2), 'b');
  t.equal(ids.addressOf(idOfNumber(1)), 'a');
  t.equal(ids.addressOf(idOfNumber(2)), 'b');
  t.equal(ids.addressOf(idOfNumber(1, 9)), undefined, 'another id of the same hash');
  ids.add(idOfNumber(1, 9), 'c');
  t.equal(ids.addressOf(idOfNumber(1)), 'a', 'which displaces nothing');
  t.equal(ids.addressOf(idOfNumber(1, 9)), 'c');
  ids.add(idOfNumber(1), 'd');
  t.equal(ids.addressOf(idOfNumber(1)), 'd');
  t.equal(ids.addressOf(idOfNumber(1, 9)), 'c');
});

/** Hashes of ids: all different, or so few that the chains are long. */
const HASHES: Readonly<Record<string, (serial: number) => number>> = {
  'each its own': (serial) => serial,
  'all the same': () => 7,
  'two hundred': (serial) => serial % 200,
  'equal in their last digits': (serial) => (serial * 0x1000) & 0xffffff,
};

for (const [name, hashOf] of Object.entries(HASHES)) {
  t.test(`the last 4,096 ids are remembered, and no more; hashes: ${name}`, async (t) => {
    const ids = new RecentIds();
    const idOfSerial = (serial: number) =>
      hashOf(serial).toString(16).padStart(6, '0') + serial.toString(16).padStart(34, '0');
    const isRight = (serial: number, added: number): boolean => {
      const kept = serial < added && serial >= added - MAX_IDS;
      return ids.addressOf(idOfSerial(serial)) === (kept ? `${serial}` : undefined);
    };
    // Around each size at which the memory could grow, and where it begins to forget.
    const moments = [1, 15, 16, 17, 32, 33, 64, 65, 2_048, 2_049, 4_096, 4_097, 4_112, 9_000];
    for (let added = 0; added < Math.max(...moments);) {
      ids.add(idOfSerial(added), `${added}`);
      added += 1;
      if (!moments.includes(added)) continue;
      const wrong = Array.from({ length: added + 20 }, (_, serial) => serial).filter(
        (serial) => !isRight(serial, added),
      );
      t.strictSame(wrong, [], `after ${added}`);
    }
  });
}

t.test('it returns the address that was added last with the id, for any ids', async () => {
  const id = fc.tuple(fc.nat(3), fc.nat(2)).map(([number, rest]) => idOfNumber(number, rest));
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.constantFrom('a', 'b'))), (added) => {
      const ids = new RecentIds();
      const last = new Map<string, string>();
      for (const [one, address] of added) {
        ids.add(one, address);
        last.set(one, address);
      }
      return [...last].every(([one, address]) => ids.addressOf(one) === address);
    }),
  );
});

t.test(
  'an answer to a call that is over is late at first, and a duplicate from then on',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 50, lingerMs: 50 });
    const peer = client.peer(raw.address);
    const calls = ['resolved', 'rejected', 'cancelled', 'lost'].map((name) => peer.call(name));
    await world.settle();
    raw.answer(0, 1);
    raw.refuse(1, ['mine', 'said the procedure']);
    calls[2]?.cancel();
    await world.clock.advance(200);
    t.strictSame(
      calls.map(({ state }) => state),
      ['resolved', 'rejected', 'cancelled', 'lost'],
    );
    const before = client.stats().fates;
    const fatesOf = async (answer: () => void) => {
      const { fates: old } = client.stats();
      answer();
      await world.settle();
      const { fates } = client.stats();
      return Object.keys(fates).filter(
        (fate) => fates[fate as keyof typeof fates] > old[fate as keyof typeof old],
      );
    };
    for (const [index, first] of [
      [0, 'response.duplicate'],
      [1, 'response.duplicate'],
      [2, 'response.late'],
      [3, 'response.late'],
    ] as const) {
      const { procedure } = calls[index]!.getSnapshot().context;
      t.strictSame(await fatesOf(() => raw.working(index)), [first], `${procedure}: at work`);
      t.strictSame(await fatesOf(() => raw.working(index)), [first], 'which is no answer');
      const answers = [() => raw.answer(index, 1), () => raw.refuse(index, ['a', 'b'])];
      // An error counts as an answer.
      if (procedure === 'lost') answers.reverse();
      const fates: string[] = [];
      for (const answer of [...answers, ...answers]) fates.push(...(await fatesOf(answer)));
      const again = 'response.duplicate';
      t.strictSame(fates, [first, again, again, again], `${procedure}: answered`);
      const forged = frame('response', idOf(raw.received[index]!.datagram), 1);
      const elsewhere = { host: '10.6.6.6', port: raw.address.port };
      const inject = () => world.network.inject(forged, elsewhere, client.address);
      t.strictSame(await fatesOf(inject), ['response.wrongPeer']);
    }
    t.equal(before['response.orphan'], 0);
    const unknown = frame('response', Buffer.alloc(20, 7), 1);
    t.strictSame(await fatesOf(() => raw.send(unknown, client.address)), ['response.orphan']);
  }),
);

t.test(
  'a late answer shows that the peer is alive, and changes no outcome',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 50 });
    const peer = client.peer(raw.address);
    const call = peer.call('x');
    t.match(await world.clock.runUntil(call), { state: 'timedOut' });
    t.equal(peer.health, 'suspect');
    raw.answer(0, 1);
    await world.settle();
    t.equal(peer.health, 'responsive');
    t.match(await call, { state: 'timedOut' });
  }),
);
