import fc from 'fast-check';
import { createEndpoint, formatAddress } from 'rpcudp';
import t from 'tap';
import type { NodeApi } from '../../demos/gossip/api.js';
import { nodeHandlers } from '../../demos/gossip/handlers.js';
import { MAX_MEMBERS, Members } from '../../demos/gossip/members.js';
import { MAX_ENTRIES, MAX_KEYS, Store } from '../../demos/gossip/store.js';

const never = new AbortController().signal;

/** Exchanges between two stores until there is nothing new. */
function exchange(one: Store, other: Store): void {
  while (one.isBehind(other.digest()) || other.isBehind(one.digest())) {
    one.merge(other.newerThan(one.digest()));
    other.merge(one.newerThan(other.digest()));
  }
}

t.test('stores that exchange all have the last write of each key, in any order', async (t) => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const step = fc.record({
    at: fc.nat(2),
    with: fc.nat(2),
    key: fc.option(key),
    nowMs: fc.nat(50),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let nowMs = 0;
      const stores = ['A', 'B', 'C'].map((name) => new Store(name, () => nowMs));
      steps.forEach((step, number) => {
        // Clocks that are set back as well.
        nowMs = step.nowMs;
        if (step.key === null) exchange(stores[step.at]!, stores[step.with]!);
        else stores[step.at]!.put(step.key, String(number));
      });
      for (const one of stores) for (const other of stores) exchange(one, other);
      const [first, ...others] = stores.map((store) => store.digest().sort().join());
      return others.every((digest) => digest === first);
    }),
  );
  t.pass('whatever was written where');
});

t.test('a write is later than all that its store knows, whatever the clock says', async (t) => {
  const [fast, slow] = [new Store('A', () => 5_000), new Store('B', () => 1)];
  fast.put('key', 'first');
  exchange(fast, slow);
  slow.put('key', 'second');
  exchange(fast, slow);
  t.equal(fast.get('key')?.value, 'second');
});

t.test('a reader waits for the write that it asks for', async (t) => {
  const [here, there] = [new Store('A', () => 1), new Store('B', () => 2)];
  there.put('key', 'old');
  exchange(here, there);
  const { stamp } = there.put('key', 'new');
  const read = here.until('key', stamp, never);
  here.put('other', 'value');
  exchange(here, there);
  t.match(await read, { value: 'new' });
  const stopping = new AbortController();
  const waits = here.until('nothing', '', stopping.signal);
  stopping.abort();
  await t.rejects(waits, { name: 'AbortError' });
});

t.test(
  'what strangers tell is bounded, and what is no entry or no address is left out',
  async (t) => {
    const store = new Store('A', () => 1);
    const stamp = '2026-01-01T00:00:00.000Z B';
    const entry = { key: 'key', value: 'value', stamp };
    for (const bad of [
      ...[null, undefined, 7, 'text', [], {}],
      ...[7, '', '__proto__ ', 'k'.repeat(25)].map((key) => ({ ...entry, key })),
      ...[7, null, 'v'.repeat(65), 'ü'.repeat(33)].map((value) => ({ ...entry, value })),
      ...[7, '', 'z', '2026-99-99T00:00:00.000Z B', `${stamp}CDEFGHIJ`].map((bad) => ({
        ...entry,
        stamp: bad,
      })),
    ]) {
      store.merge([bad]);
      t.strictSame(store.digest(), [], JSON.stringify(bad));
    }
    for (let number = 0; number <= MAX_KEYS; number++)
      store.merge([{ ...entry, key: `k${number}` }]);
    t.equal(store.digest().length, MAX_KEYS);
    t.equal(store.newerThan([]).length, MAX_ENTRIES);
    t.throws(() => store.put('one-more', 'value'), { code: 'storeFull' });
    t.throws(() => store.put('k1', 'v'.repeat(65)), { code: 'badEntry' });
    t.equal(store.put('k1', 'value').key, 'k1', 'a key that is there has room');

    const met: string[] = [];
    const members = new Members((address) => met.push(address));
    members.learn(['127.0.0.1:0', '127.0.0.1:65536', '10.0.0.1:9', 'localhost:9', '', 7, null, {}]);
    t.strictSame([met, members.next('127.0.0.1:1')], [[], undefined]);
    for (let port = 1; port < 100; port++) members.learn([`127.0.0.1:${port}`, '127.0.0.1:1']);
    t.equal(members.list().length, MAX_MEMBERS);
    t.strictSame(met, members.list());
  },
);

t.test('each member has its turn, and the node itself has none', async (t) => {
  const members = new Members(() => undefined);
  const addresses = [1, 2, 3, 4].map((port) => `127.0.0.1:${port}`);
  members.learn(addresses);
  const turns = Array.from({ length: 6 }, () => members.next('127.0.0.1:2'));
  t.strictSame(new Set(turns.slice(0, 3)), new Set(addresses.toSpliced(1, 1)));
  t.strictSame(turns.slice(3), turns.slice(0, 3));
});

t.test('one exchange brings both sides what the other has', async (t) => {
  const sides = await Promise.all(
    ['A', 'B'].map(async (name) => {
      const [store, members] = [new Store(name, Date.now), new Members(() => undefined)];
      store.put(`from-${name}`, 'value');
      const handlers = nodeHandlers(store, members);
      return { store, members, endpoint: await createEndpoint({ host: '127.0.0.1', handlers }) };
    }),
  );
  const [one, other] = sides as [(typeof sides)[0], (typeof sides)[0]];
  const [own, called] = [one, other].map(({ endpoint }) => formatAddress(endpoint.address));
  const peer = one.endpoint.peer<NodeApi>(called!);
  const news = await peer.call('exchange', [[own!], one.store.digest()]).value();
  one.store.merge(news.entries);
  t.strictSame(one.store.digest().sort(), other.store.digest().sort());
  t.equal(one.store.digest().length, 2);
  t.strictSame(other.members.list(), [own]);
  await Promise.all(sides.map(({ endpoint }) => endpoint.close()));
});
