/**
 * Answers that come when their call is over. They are distinguished from each other, and from
 * answers that nobody asked for.
 */
import fc from 'fast-check';
import t from 'tap';
import { RecentIds } from '../../src/call/recent-ids.js';
import { frame, idOf } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';

const SLOTS = 4_096;

/** A transaction id that begins with this number in six digits. All other digits are equal. */
const idOfNumber = (number: number, rest = 0) =>
  number.toString(16).padStart(6, '0') + rest.toString(16).repeat(34);

t.test('an id is remembered with its address, until another takes its slot', async (t) => {
  const ids = new RecentIds();
  t.equal(ids.addressOf(idOfNumber(1)), undefined);
  ids.add(idOfNumber(1), 'a');
  ids.add(idOfNumber(2), 'b');
  t.equal(ids.addressOf(idOfNumber(1)), 'a');
  t.equal(ids.addressOf(idOfNumber(2)), 'b');
  t.equal(ids.addressOf(idOfNumber(1, 9)), undefined, 'another id of the same slot');
  ids.add(idOfNumber(1, 9), 'c');
  t.equal(ids.addressOf(idOfNumber(1)), undefined);
  t.equal(ids.addressOf(idOfNumber(1, 9)), 'c');
  t.equal(ids.addressOf(idOfNumber(2)), 'b');
});

t.test('at most as many ids are remembered as there are slots', async (t) => {
  const ids = new RecentIds();
  const all = Array.from({ length: 65_536 }, (_, number) => idOfNumber(number));
  for (const id of all) ids.add(id, id);
  t.equal(all.filter((id) => ids.addressOf(id) !== undefined).length, SLOTS);
});

t.test('it never returns an address that was not the last one added with the id', async () => {
  const id = fc.tuple(fc.nat(3), fc.nat(2)).map(([number, rest]) => idOfNumber(number, rest));
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.constantFrom('a', 'b'))), (added) => {
      const ids = new RecentIds();
      const last = new Map<string, string>();
      for (const [one, address] of added) {
        ids.add(one, address);
        last.set(one, address);
      }
      return [...last].every(([one, address]) => [address, undefined].includes(ids.addressOf(one)));
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
