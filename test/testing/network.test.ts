import fc from 'fast-check';
import t, { type Test } from 'tap';
import { SimulatedClock } from '../../src/testing/clock.js';
import { SimulatedNetwork, type LinkConditions } from '../../src/testing/network.js';
import { Inbox } from '../fixtures/inbox.js';
import { transportContract } from '../fixtures/transport-contract.js';

for (const [version, host] of [
  ['IPv4', '127.0.0.1'],
  ['IPv6', '::1'],
] as const) {
  t.test(`in memory, over ${version}`, async (t) => {
    transportContract(t, host, () => {
      const clock = new SimulatedClock();
      const network = new SimulatedNetwork({ clock, seed: 1 });
      return {
        transport: (host, port) => network.transport(host, port),
        until: (promise) => clock.runUntil(promise),
      };
    });
  });
}

const A = { host: '10.0.0.1', port: 1000 };
const B = { host: '10.0.0.2', port: 2000 };

/** Two transports, A and B. `arrivals` are what B got, as numbers and times. */
async function pair(conditions: Partial<LinkConditions> = {}, seed = 1) {
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork({ clock, seed, ...conditions });
  const arrivals: { number: number; atMs: number }[] = [];
  const a = network.transport(A.host, A.port);
  const b = network.transport(B.host, B.port);
  const inbox = new Inbox();
  await a.open(inbox);
  await b.open({
    datagramReceived: (datagram) => {
      arrivals.push({ number: datagram.readUInt16BE(), atMs: clock.nowMs() });
    },
    transportFailed: () => undefined,
  });
  const sendNumbers = (count: number) => {
    for (let number = 0; number < count; number++) {
      const datagram = Buffer.alloc(2);
      datagram.writeUInt16BE(number);
      a.send(datagram, B.host, B.port, () => undefined);
    }
  };
  return { clock, network, a, b, inbox, arrivals, sendNumbers };
}

const within = (t: Test, count: number, low: number, high: number) =>
  t.ok(count >= low && count <= high, `${count} is within ${low} to ${high}`);

t.test('a datagram takes the delay of its link', async (t) => {
  const { clock, sendNumbers, arrivals } = await pair({ delayMs: { min: 40, max: 40 } });
  sendNumbers(1);
  await clock.advance(39);
  t.strictSame(arrivals, []);
  await clock.advance(1);
  t.strictSame(arrivals, [{ number: 0, atMs: 40 }]);
});

t.test('different delays reorder, equal ones do not', async (t) => {
  for (const { max, reordered } of [
    { max: 100, reordered: true },
    { max: 10, reordered: false },
  ]) {
    const { clock, sendNumbers, arrivals } = await pair({ delayMs: { min: 10, max } });
    sendNumbers(100);
    await clock.advance(100);
    const numbers = arrivals.map(({ number }) => number);
    const sorted = numbers.toSorted((x, y) => x - y);
    t.equal(numbers.length, 100);
    t.equal(JSON.stringify(numbers) !== JSON.stringify(sorted), reordered);
    t.ok(arrivals.every(({ atMs }) => atMs >= 10 && atMs <= max));
  }
});

t.test('datagrams are lost and doubled as often as set', async (t) => {
  const { clock, network, sendNumbers } = await pair({ lossRate: 0.1, duplicationRate: 0.2 });
  sendNumbers(10_000);
  t.equal(
    network.stats.inFlight,
    network.stats.sent + network.stats.duplicated - network.stats.lost,
  );
  await clock.advance(1);
  const { sent, lost, duplicated, delivered, inFlight } = network.stats;
  t.equal(sent, 10_000);
  // The binomial bands of 99.9 %.
  within(t, lost, 901, 1_099);
  within(t, duplicated, 1_674, 1_926);
  t.equal(delivered, sent + duplicated - lost);
  t.equal(inFlight, 0);
});

t.test('the same seed loses the same datagrams, another one loses others', async (t) => {
  const run = async (seed: number) => {
    const world = await pair({ lossRate: 0.5, delayMs: { min: 1, max: 50 } }, seed);
    world.sendNumbers(100);
    await world.clock.advance(50);
    return world.arrivals;
  };
  const first = await run(7);
  t.strictSame(await run(7), first);
  t.notSame(await run(8), first);
});

t.test('a link can be worse in one direction than the network is', async (t) => {
  const { clock, network, a, b, inbox, arrivals, sendNumbers } = await pair();
  network.setLink(A.host, B.host, { lossRate: 1 });
  sendNumbers(1);
  b.send(Buffer.of(1), A.host, A.port, () => undefined);
  await clock.advance(1);
  t.equal(arrivals.length, 0);
  t.equal(inbox.received.length, 1);
  network.setLink(A.host, B.host, {});
  sendNumbers(1);
  await clock.advance(1);
  t.equal(arrivals.length, 1);
  await a.close();
});

t.test('a partition cuts both directions until it heals, in any spelling', async (t) => {
  const { clock, network, b, inbox, arrivals, sendNumbers } = await pair();
  const reply = () => {
    b.send(Buffer.of(1), A.host, A.port, () => undefined);
  };
  sendNumbers(1);
  network.partition(`::ffff:${A.host}`, B.host);
  await clock.advance(1);
  t.equal(arrivals.length, 1, 'what was in flight arrives');
  sendNumbers(1);
  reply();
  await clock.advance(1);
  t.equal(arrivals.length + inbox.received.length, 1);
  t.equal(network.stats.lost, 2);
  network.heal(B.host, A.host);
  sendNumbers(1);
  reply();
  await clock.advance(1);
  t.equal(arrivals.length, 2);
  t.equal(inbox.received.length, 1);
});

t.test('an attacker can send from an address that is not its own', async (t) => {
  const { clock, network, inbox } = await pair();
  network.inject(Buffer.from('lie'), { host: '6.6.6.6', port: 0 }, A);
  await clock.advance(1);
  t.strictSame(inbox.received, [{ datagram: Buffer.from('lie'), host: '6.6.6.6', port: 0 }]);
});

t.test('two copies of a datagram share no memory', async (t) => {
  const { clock, inbox, b } = await pair({ duplicationRate: 1 });
  b.send(Buffer.from('same'), A.host, A.port, () => undefined);
  await clock.advance(1);
  const [first, second] = inbox.received;
  first?.datagram.fill(0);
  t.equal(second?.datagram.toString(), 'same');
});

t.test('port 0 skips the ports in use, until none is left', async (t) => {
  const network = new SimulatedNetwork({ clock: new SimulatedClock(), seed: 1 });
  await network.transport(A.host, 49_153).open(new Inbox());
  const ports: number[] = [];
  for (let index = 0; index < 3; index++) {
    ports.push((await network.transport(A.host).open(new Inbox())).port);
  }
  t.strictSame(ports, [49_152, 49_154, 49_155]);
  for (let port = 49_156; port < 65_536; port++) {
    await network.transport(A.host, port).open(new Inbox());
  }
  await t.rejects(network.transport(A.host).open(new Inbox()), { code: 'ERR_RPCUDP_BIND' });
});

t.test('at every step, what was sent is delivered, lost or in flight', async (t) => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (seed, lossRate, duplicationRate) => {
          const delayMs = { min: 0, max: 20 };
          const world = await pair({ lossRate, duplicationRate, delayMs }, seed);
          world.sendNumbers(20);
          do {
            const { sent, duplicated, delivered, lost, inFlight } = world.network.stats;
            if (sent + duplicated !== delivered + lost + inFlight) return false;
            if (inFlight !== world.clock.pendingTimers) return false;
            if (delivered !== world.arrivals.length) return false;
          } while (await world.clock.step());
          return world.network.stats.inFlight === 0;
        },
      ),
      { numRuns: 50 },
    ),
  );
});

t.test('a network without clock or seed, or with an invalid watcher, is refused', (t) => {
  const clock = new SimulatedClock();
  const refused: readonly (readonly [option: string, options: object, message: RegExp])[] = [
    ['clock', { seed: 1 }, /must be a SimulatedClock$/],
    ['clock', { clock: { nowMs: () => 0 }, seed: 1 }, /must be a SimulatedClock$/],
    ['seed', { clock }, /must be a number$/],
    ['seed', { clock, seed: '1' }, /must be a number$/],
    ['watch', { clock, seed: 1, watch: {} }, /must be a function$/],
    [
      'latencyMs',
      { clock, seed: 1, latencyMs: 5 },
      /is not known; the options of a simulated network are lossRate/,
    ],
  ];
  for (const [option, options, message] of refused) {
    t.throws(() => new SimulatedNetwork(options as never), {
      code: 'ERR_RPCUDP_OPTION',
      option,
      message,
    });
  }
  t.end();
});
