import fc from 'fast-check';
import t from 'tap';
import { SimulatedClock } from '../../src/testing/clock.js';
import { SimulatedNetwork } from '../../src/testing/network.js';
import type { LinkConditions, NetworkEvent } from '../../src/testing/network.js';
import { Inbox } from '../fixtures/inbox.js';

const A = { host: '10.0.0.1', port: 1000 };
const B = { host: '10.0.0.2', port: 2000 };

/** A network on which B listens. `send` sends a datagram from A. */
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
  "a corrupted datagram differs in a byte or lost its end, and the sender's copy does not change",
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

t.test('an empty datagram cannot be corrupted', async (t) => {
  const { clock, inbox, send } = await listening({ corruptionRate: 1 });
  send(0);
  await clock.advance(1);
  t.equal(inbox.received[0]?.datagram.length, 0);
});

t.test('delays can be exponential, above a least delay', async (t) => {
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

t.test('a link carries a number of datagrams at once, and loses the next', async (t) => {
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

t.test('a datagram too large for a path is lost, and nobody is told', async (t) => {
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

t.test('a clogged link holds up what would arrive, and then delivers it in order', async (t) => {
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

t.test('a watcher sees what happens to each datagram, and why', async (t) => {
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

t.test('in all conditions, what was sent is delivered, lost or in flight', async (t) => {
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

t.test('a delay can be a number: every datagram then takes exactly that long', async (t) => {
  const { clock, network, inbox, send } = await listening({ delayMs: 5 });
  for (let count = 0; count < 20; count++) send(1);
  await clock.advance(4.999);
  t.equal(inbox.received.length, 0);
  await clock.advance(0.001);
  t.equal(inbox.received.length, 20);
  network.setLink(A.host, B.host, { delayMs: 0 });
  send(1);
  await clock.advance(0);
  t.equal(inbox.received.length, 21);
});

t.test('a delay as a number is the short form of equal least and longest delays', async (t) => {
  const arrivalsWith = async (delayMs: LinkConditions['delayMs']) => {
    const { clock, network, inbox, send } = await listening({ delayMs, lossRate: 0.5 });
    for (let size = 1; size <= 100; size++) send(size);
    network.setLink(A.host, B.host, { delayMs: { min: 0, max: 50 } });
    for (let size = 101; size <= 200; size++) send(size);
    await clock.advance(50);
    return inbox.received.map(({ datagram }) => datagram.length);
  };
  t.strictSame(await arrivalsWith(5), await arrivalsWith({ min: 5, max: 5 }));
});

t.test('conditions out of bounds are refused, for the network and for a link', async (t) => {
  const share = /must be a share from 0 to 1, but is /;
  const count = /must be an integer from 0, or Infinity, but is /;
  const delay = /must be a number from 0, \{ min, max \} or \{ min, exponentialMean \}, but is /;
  const bad: readonly (readonly [option: string, values: readonly unknown[], message: RegExp])[] = [
    ['lossRate', [-0.1, 1.1, 30, NaN, Infinity, '0.5', null, {}], share],
    ['duplicationRate', [-1, 2, NaN, true], share],
    ['corruptionRate', [-1, 1.000_1, '1'], share],
    ['maxInFlight', [-1, 1.5, NaN, -Infinity, '3', null], count],
    ['maxDatagramBytes', [-1, 1_200.5, NaN, '1472'], count],
    ['delayMs', [-1, NaN, Infinity, '5', null, [5, 5], {}], delay],
    ['delayMs', [{ min: 5 }, { max: 5 }, { exponentialMean: 5 }, { min: 1, max: Infinity }], delay],
    [
      'delayMs',
      [
        { min: -1, max: 5 },
        { min: 5, max: 4 },
        { min: '1', max: 5 },
      ],
      delay,
    ],
    [
      'delayMs',
      [
        { min: 1, exponentialMean: -1 },
        { min: 1, max: 2, exponentialMean: 3 },
      ],
      delay,
    ],
    ['delayMs', [{ min: 1, max: 2, mean: 3 }], delay],
    [
      'lossrate',
      [0.5],
      /is not known; the options of a (simulated network|link) are lossRate, duplicationRate, /,
    ],
  ];
  const { network, inbox, clock, send } = await listening();
  for (const [option, values, message] of bad) {
    for (const value of values) {
      const conditions = { [option]: value };
      const expected = { code: 'ERR_RPCUDP_OPTION', option, message };
      const open = () => new SimulatedNetwork({ clock, seed: 1, ...conditions });
      t.throws(open, expected);
      t.throws(() => {
        network.setLink(A.host, B.host, conditions);
      }, expected);
    }
  }
  t.throws(
    () => {
      network.setLink(A.host, B.host, { delayMs: { min: 5, max: 4 } });
    },
    {
      message:
        "The option 'delayMs' must be a number from 0, { min, max } or { min, exponentialMean }, " +
        'but is { min: 5, max: 4 }',
    },
  );
  for (const conditions of [undefined, null, 5]) {
    t.throws(
      () => {
        network.setLink(A.host, B.host, conditions as never);
      },
      { code: 'ERR_RPCUDP_OPTION' },
    );
  }
  send(1);
  await clock.advance(1);
  t.equal(inbox.received.length, 1, 'what was refused changed nothing');
});

t.test(
  'the bounds of conditions are themselves allowed, and undefined gives the default',
  async (t) => {
    const { clock, network, inbox, send } = await listening({ lossRate: 1, maxInFlight: 0 });
    const at = (conditions: object) => {
      network.setLink(A.host, B.host, conditions);
    };
    at({ lossRate: 0, duplicationRate: 1, maxInFlight: Infinity, maxDatagramBytes: 0 });
    send(0);
    await clock.advance(1);
    t.equal(inbox.received.length, 2);
    at({ lossRate: 0, maxInFlight: 1, delayMs: { min: 0, exponentialMean: 0 } });
    send(1);
    await clock.advance(0);
    t.equal(inbox.received.length, 3);
    at({ lossRate: undefined });
    send(1);
    t.match(network.stats, { inFlight: 0, lost: 1 }, 'a link has the loss of its network');
  },
);
