import t from 'tap';
import { ProcedureCounts } from '../../../src/inspector/recorder/procedure-counts.js';
import { Recorded } from './recorded.js';
import { inWorld } from '../../fixtures/world.js';

const echo = { echo: (_scope: unknown, value: unknown) => value };

t.test(
  'a peer is recorded when something about it has changed, and only then',
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: echo });
    const client = await world.endpoint();
    const recorded = new Recorded(client);
    const peer = client.peer(server.address);
    const silent = client.peer('10.9.9.9:9');
    await world.clock.runUntil(peer.call('echo', [1]));
    const open = silent.call('echo', [1], { timeoutMs: 400 });
    await world.clock.advance(300);
    t.strictSame(
      recorded.of('peer').map(({ peer: address, health, inFlight }) => [address, health, inFlight]),
      [
        ['10.0.0.1:1000', 'responsive', 0],
        ['10.9.9.9:9', 'unknown', 1],
      ],
    );
    t.match(recorded.of('peer')[0], { native: true, roundTripMs: 2, windowLimit: 5, queued: 0 });
    await world.clock.runUntil(open);
    await world.clock.advance(10_000);
    const told = recorded.of('peer').slice(2);
    t.match(told, [{ peer: '10.9.9.9:9', health: 'suspect', inFlight: 0 }]);
    t.equal(told.length, 1);
  }),
);

t.test(
  'peers beyond the first hundred have their turn',
  inWorld(
    async (t, world) => {
      const client = await world.endpoint();
      const peers = Array.from({ length: 350 }, (_, number) =>
        client.peer(`10.1.${number >> 8}.${number & 0xff}:9`),
      );
      const recorded = new Recorded(client);
      const calls = peers.map((peer) => peer.call('ask', [], { timeoutMs: 3_000 }));
      t.equal(recorded.of('peer').length, 100);
      for (let period = 1; period <= 5; period += 1) {
        const before = recorded.of('peer').length;
        // The first peers change all the time.
        for (const peer of peers.slice(0, 120))
          calls.push(peer.call('ask', [], { timeoutMs: 900 }));
        await world.clock.advance(250);
        t.ok(recorded.of('peer').length - before <= 100);
      }
      const told = new Set(recorded.of('peer').map(({ peer }) => peer));
      t.equal(told.size, 350);
      for (const call of calls) call.cancel();
    },
    { watched: false },
  ),
);

t.test(
  'all peers have had their turn before the sampler rests',
  inWorld(
    async (t, world) => {
      const client = await world.endpoint();
      const recorded = new Recorded(client);
      for (let number = 0; number < 2_500; number += 1) {
        const peer = client.peer(`10.1.${number >> 8}.${number & 0xff}:9`);
        void peer.call('ask', [], { timeoutMs: 60_000, attempts: 1 });
      }
      await world.clock.advance(15_000);
      const told = recorded.of('peer').filter(({ inFlight }) => inFlight === 1);
      t.equal(new Set(told.map(({ peer }) => peer)).size, 2_500);
    },
    { watched: false },
  ),
);

t.test(
  'a peer that the endpoint has forgotten gets a last record',
  inWorld(async (t, world) => {
    const client = await world.endpoint({ maxPeers: 2 });
    const recorded = new Recorded(client);
    for (const port of [1, 2]) client.peer(`10.9.9.9:${port}`).call('ask', []).cancel();
    await world.clock.advance(500);
    client.peer('10.9.9.9:3').call('ask', []).cancel();
    await world.clock.advance(500);
    const gone = recorded.of('peer').filter(({ health }) => health === 'forgotten');
    t.equal(gone.length, 1);
    t.equal(recorded.counts.stats.peersNow, 2);
  }),
);

t.test(
  'a name that was resolved is replaced by its address',
  inWorld(async (t, world) => {
    let found = (_host: string): void => undefined;
    const client = await world.endpoint({
      lookup: () => new Promise<string>((resolve) => (found = resolve)),
    });
    const recorded = new Recorded(client);
    const call = client.peer('example.org:9').call('ask', [], { timeoutMs: 2_000 });
    await world.clock.advance(300);
    found('10.9.9.9');
    await world.clock.advance(300);
    t.match(
      recorded.of('peer').map(({ peer, health }) => [peer, health]),
      [
        ['example.org:9', 'resolving'],
        ['example.org:9', 'forgotten'],
        ['10.9.9.9:9', 'unknown'],
      ],
    );
    call.cancel();
  }),
);

t.test(
  "counts are recorded when they have changed, and add up to the endpoint's own",
  inWorld(async (t, world) => {
    const server = await world.endpoint({ handlers: echo });
    const client = await world.endpoint();
    const recorded = new Recorded(client);
    t.equal(recorded.of('counts').length, 1);
    await world.clock.advance(5_000);
    t.equal(recorded.of('counts').length, 1);
    const peer = client.peer(server.address);
    for (const value of [1, 2, 3]) await world.clock.runUntil(peer.call('echo', [value]));
    await world.clock.runUntil(peer.call('nowhere', []));
    await world.clock.advance(5_000);
    t.equal(recorded.of('counts').length, 2);
    const { stats, procedures } = recorded.counts;
    t.match(client.stats(), stats);
    t.match(procedures, [
      { peer: '10.0.0.1:1000', procedure: 'echo', outcomes: { resolved: 3, rejected: 0 } },
      { peer: '10.0.0.1:1000', procedure: 'nowhere', outcomes: { resolved: 0, rejected: 1 } },
    ]);
  }),
);

t.test('of many procedures the busiest are counted, and those that become busy', async (t) => {
  const counts = new ProcedureCounts();
  counts.settled('e:1', 'once', 'resolved');
  for (let round = 0; round < 50; round += 1) counts.settled('a:1', 'old', 'resolved');
  for (let number = 0; number < 20_000; number += 1) {
    counts.settled(`a:${number % 7}`, `made up ${number}`, 'timedOut');
    if (number % 100 === 0) counts.settled('b:1', 'old', 'rejected');
  }
  for (let round = 0; round < 30; round += 1) counts.settled('c:1', 'new', 'unsent');
  for (let round = 0; round < 9; round += 1) counts.settled('e:1', 'once', 'resolved');
  const busiest = counts.busiest();
  t.equal(busiest.length, 100);
  t.match(busiest.slice(0, 4), [
    { peer: 'b:1', procedure: 'old', outcomes: { rejected: 200, resolved: 0 } },
    { peer: 'a:1', procedure: 'old', outcomes: { resolved: 50 } },
    { peer: 'c:1', procedure: 'new', outcomes: { unsent: 30 } },
    // It was forgotten in the meantime, because there is room for a thousand.
    { peer: 'e:1', procedure: 'once', outcomes: { resolved: 9 } },
  ]);
  counts.settled('d:1', 'n'.repeat(8_000), 'resolved');
  for (let round = 0; round < 300; round += 1) counts.settled('d:1', 'n'.repeat(8_000), 'resolved');
  t.equal(counts.busiest()[0]?.procedure.length, 256);
});
