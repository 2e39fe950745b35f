import fc from 'fast-check';
import t from 'tap';
import { SimulatedClock } from '../../src/testing/clock.js';
import { SimulatedNetwork } from '../../src/testing/network.js';
import type { LinkConditions, NetworkEvent } from '../../src/testing/network.js';
import { Inbox } from '../fixtures/inbox.js';

const A = { host: '10.0.0.1', port: 1000 };
const B = { host: '10.0.0.2', port: 2000 };

/** A network on which B listens; `send` puts a datagram of A's on the wire. */
async function listening(conditions: Partial<LinkConditions> = {}) {
  const clock = new SimulatedClock();
  const events: NetworkEvent[] = [];
  const watch = (event: NetworkEvent) => {
    events.push(event);
  };
  const network = new SimulatedNetwork({ clock, seed: 1, watch, ...conditions });
  const inbox = new Inbox();
  await network.transport(B.host, B.port).open(inbox);
  const send = (bytes: number | Uint8Array, from = A) => {
    network.inject(typeof bytes === 'number' ? Buffer.alloc(bytes, 1) : bytes, from, B);
  };
  return { clock, network, inbox, events, send };
}

t.test(
  'a corrupted datagram differs in a byte, or lost its end; the sender keeps his',
  async (t) => {
    const { clock, network, inbox, send } = await listening({ corruptionRate: 1 });
    const sent = Buffer.from('0123456789');
    for (let count = 0; count < 300; count++) send(sent);
    await clock.advance(1);
    const kinds = { flipped: 0, replaced: 0, cut: 0 };
    for (const { datagram } of inbox.received) {
      const changed = [...datagram].filter((byte, index) => byte !== sent[index]);
      if (datagram.length < sent.length) kinds.cut += changed.length === 0 ? 1 : 0;
      else if (changed.length === 1) {
        const index = [...datagram].findIndex((byte, at) => byte !== sent[at]);
        const bits = (datagram[index]! ^ sent[index]!).toString(2).replaceAll('0', '').length;
        kinds[bits === 1 ? 'flipped' : 'replaced'] += 1;
      }
    }
    t.equal(kinds.flipped + kinds.replaced + kinds.cut, 300, JSON.stringify(kinds));
    for (const count of Object.values(kinds)) t.ok(count > 60, JSON.stringify(kinds));
    t.equal(network.stats.corrupted, 300);
    t.equal(sent.toString(), '0123456789');
  },
);

t.test('an empty datagram has nothing to corrupt', async (t) => {
  const { clock, inbox, send } = await listening({ corruptionRate: 1 });
  send(0);
  await clock.advance(1);
  t.equal(inbox.received[0]?.datagram.length, 0);
});

t.test('delays can be exponential, from a least one on', async (t) => {
  const { clock, events, send } = await listening({ delayMs: { min: 10, exponentialMean: 50 } });
  const arrivals: number[] = [];
  for (let count = 0; count < 4_000; count++) send(1);
  while (await clock.step()) arrivals.push(clock.nowMs());
  t.equal(events.filter(({ type }) => type === 'delivered').length, 4_000);
  t.ok(Math.min(...arrivals) >= 10);
  const meanMs = arrivals.reduce((sum, ms) => sum + ms, 0) / arrivals.length;
  t.ok(meanMs > 57 && meanMs < 63, `the mean is ${meanMs} ms`);
  const beyond = arrivals.filter((ms) => ms > 10 + 100).length / arrivals.length;
  t.ok(beyond > 0.11 && beyond < 0.16, `${beyond} travel twice the mean or more, and e^-2 should`);
});

t.test('a link carries so many at once, and loses the next', async (t) => {
  const { clock, network, inbox, send } = await listening({ maxInFlight: 3 });
  for (let count = 0; count < 5; count++) send(1);
  t.match(network.stats, { inFlight: 3, lost: 2 });
  send(1, { host: '10.0.0.9', port: 9 });
  t.equal(network.stats.inFlight, 4, 'other links have room of their own');
  await clock.advance(1);
  t.equal(inbox.received.length, 4);
  send(1);
  t.equal(network.stats.inFlight, 1, 'once they arrived, there is room again');
});

t.test('what is too large for a path is lost, and nobody is told', async (t) => {
  const { clock, inbox, events, send } = await listening({ maxDatagramBytes: 1_200 });
  send(1_200);
  send(1_201);
  await clock.advance(1);
  t.strictSame(
    inbox.received.map(({ datagram }) => datagram.length),
    [1_200],
  );
  t.match(events.at(-2), { type: 'lost', reason: 'tooLarge' });
});

t.test('a clogged link holds up what would arrive, and lets it go in order', async (t) => {
  const { clock, network, inbox, send } = await listening({ delayMs: { min: 10, max: 10 } });
  send(1);
  network.clog(A.host, B.host, 100);
  await clock.advance(50);
  send(2);
  await clock.advance(49);
  t.equal(inbox.received.length, 0);
  await clock.advance(1);
  t.strictSame(
    inbox.received.map(({ datagram }) => datagram.length),
    [1, 2],
  );
  network.clog(A.host, B.host, 100);
  network.clog(A.host, B.host, 0);
  send(3);
  await clock.advance(10);
  t.equal(inbox.received.length, 3, 'a clog can be ended before its time');
});

t.test('a partition can be one-way', async (t) => {
  const { clock, network, inbox, send } = await listening();
  network.partitionOneWay(B.host, A.host);
  send(1);
  await clock.advance(1);
  t.equal(inbox.received.length, 1);
  network.partitionOneWay(A.host, B.host);
  send(1);
  t.equal(network.stats.lost, 1);
  network.heal(B.host, A.host);
  send(1);
  t.equal(network.stats.inFlight, 1);
});

t.test('a watcher sees what becomes of each datagram, and why', async (t) => {
  const { clock, network, events, send } = await listening({ duplicationRate: 1 });
  send(1);
  network.inject(Buffer.of(2), A, { host: '10.0.0.3', port: 3 });
  network.partition(A.host, B.host);
  send(3);
  await clock.advance(1);
  const seen = events.map(({ type, reason, datagram }) => [type, reason, datagram.length]);
  t.strictSame(seen, [
    ['sent', undefined, 1],
    ['duplicated', undefined, 1],
    ['sent', undefined, 1],
    ['duplicated', undefined, 1],
    ['sent', undefined, 3],
    ['lost', 'partition', 3],
    ['delivered', undefined, 1],
    ['delivered', undefined, 1],
    ['lost', 'nobodyListens', 1],
    ['lost', 'nobodyListens', 1],
  ]);
  t.match(events[0], { from: A, to: B });
});

t.test('whatever the conditions, what was sent is delivered, lost or in flight', async (t) => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  const conditions = fc.record({
    ...{ lossRate: rate, duplicationRate: rate, corruptionRate: rate },
    maxInFlight: fc.integer({ min: 1, max: 10 }),
    maxDatagramBytes: fc.integer({ min: 0, max: 100 }),
    delayMs: fc.record({ min: fc.nat(20), exponentialMean: fc.nat(50) }),
  });
  const property = fc.asyncProperty(conditions, fc.array(fc.nat(120)), async (drawn, sizes) => {
    const { clock, network, events, inbox, send } = await listening(drawn);
    for (const size of sizes) send(size);
    network.clog(A.host, B.host, 30);
    do {
      const { sent, duplicated, delivered, lost, inFlight } = network.stats;
      if (sent + duplicated !== delivered + lost + inFlight) return false;
    } while (await clock.step());
    const count = (wanted: string) => events.filter(({ type }) => type === wanted).length;
    const { stats } = network;
    return (
      stats.inFlight === 0 &&
      count('delivered') === inbox.received.length &&
      stats.lost === count('lost') &&
      stats.corrupted === count('corrupted')
    );
  });
  await t.resolves(fc.assert(property, { numRuns: 100 }));
});
