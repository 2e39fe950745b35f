import fc from 'fast-check';
import t from 'tap';
import { AmplificationLimit } from '../../src/peer/amplification.js';
import { SimulatedClock } from '../../src/testing/clock.js';
import { HostileEndpoint } from '../fixtures/hostile-endpoint.js';
import { bundle, frame, request, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld } from '../fixtures/world.js';
import type { World } from '../fixtures/world.js';

const KIB = 1_024;

const HOST = '198.51.100.7';

/** The traffic of an address that sent this many bytes. */
const trafficOf = (bytesIn: number) => ({ bytesIn, bytesOut: 0 });

t.test('strict: three times the bytes that came from there, and not a byte more', async (t) => {
  const limit = new AmplificationLimit('strict', new SimulatedClock());
  const traffic = trafficOf(100);
  t.ok(limit.admits(HOST, traffic, 200));
  t.notOk(limit.admits(HOST, traffic, 101));
  t.ok(limit.admits(HOST, traffic, 100), 'a refused reply costs nothing');
  t.notOk(limit.admits(HOST, traffic, 1));
  traffic.bytesIn += 1;
  t.ok(limit.admits(HOST, traffic, 3));
});

t.test('strict: no order of requests and replies gets more than three times as much', async () => {
  const step = fc.record({ bytesIn: fc.nat(200), reply: fc.nat(2_000) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const limit = new AmplificationLimit('strict', new SimulatedClock());
      const traffic = trafficOf(0);
      let sent = 0;
      for (const { bytesIn, reply } of steps) {
        traffic.bytesIn += bytesIn;
        if (limit.admits(HOST, traffic, reply)) sent += reply;
        if (sent > 3 * traffic.bytesIn) return false;
      }
      return true;
    }),
  );
});

t.test('compat: above that 64 KiB at once, then 16 KiB a second, for each network', async (t) => {
  const clock = new SimulatedClock();
  const limit = new AmplificationLimit('compat', clock);
  t.ok(limit.admits('198.51.100.7', trafficOf(0), 60 * KIB));
  t.notOk(limit.admits('198.51.100.8', trafficOf(0), 5 * KIB), 'its neighbours share the bucket');
  t.ok(limit.admits('198.51.101.7', trafficOf(0), 64 * KIB), 'the next network has its own');
  await clock.advance(1_000);
  t.ok(limit.admits('198.51.100.9', trafficOf(0), 20 * KIB));
  t.notOk(limit.admits('198.51.100.9', trafficOf(0), 1));
  await clock.advance(3_600_000);
  t.notOk(
    limit.admits('198.51.100.9', trafficOf(0), 64 * KIB + 1),
    'it holds no more than a burst',
  );
  t.ok(limit.admits('2001:db8:1:ab00::1', trafficOf(0), 64 * KIB));
  t.notOk(limit.admits('2001:db8:1:abff::9', trafficOf(0), 1), 'the same /56');
  t.ok(limit.admits('2001:db8:1:ac00::1', trafficOf(0), 64 * KIB), 'another /56');
});

t.test('bytes within three times the requests do not empty the bucket', async (t) => {
  const limit = new AmplificationLimit('compat', new SimulatedClock());
  const traffic = trafficOf(100);
  for (let exchange = 0; exchange < 10_000; exchange++) {
    traffic.bytesIn += 30;
    if (!limit.admits(HOST, traffic, 90)) t.fail(`reply ${exchange} was withheld`);
  }
});

t.test("this machine's own addresses have no limit: nobody else can forge them", async (t) => {
  const limit = new AmplificationLimit('strict', new SimulatedClock());
  for (const host of ['127.0.0.1', '127.8.8.8', '::1']) {
    t.ok(limit.admits(host, trafficOf(0), 60_000), host);
  }
});

const handlers = {
  fill: (_: unknown, bytes: number) => new Uint8Array(bytes),
};

/** A strict server, and the size of its replies. */
async function strictServer(world: World) {
  return world.endpoint({ handlers, amplification: 'strict' });
}

t.test(
  'an old peer that asks for much gets no more than it may, and the rest is counted',
  inWorld(async (t, world) => {
    const server = await strictServer(world);
    const raw = await world.raw();
    raw.send(request(1, 'fill', 40), server.address);
    raw.send(request(2, 'fill', 4_000), server.address);
    await world.settle();
    t.equal(raw.received.length, 1);
    t.match(server.stats(), { withheldReplies: 1, requests: { replied: 2 } });
  }),
);

t.test('strict: bundles in both directions keep to three times as much', async () => {
  const asked = fc.record({
    sizes: fc.array(fc.oneof(fc.nat(60), fc.nat(400)), { minLength: 1, maxLength: 8 }),
    bundled: fc.boolean(),
    again: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(asked, { maxLength: 8 }),
      fc.constantFrom(0, 150, 1_200, 9_000),
      async (steps, maxBundleBytes) => {
        const hostile = await HostileEndpoint.open({
          ...{ handlers, amplification: 'strict', maxBundleBytes, maxRunningPerPeer: 1_000 },
        });
        let bytesIn = 0;
        let id = 0;
        for (const { sizes, bundled, again } of steps) {
          const requests = sizes.map((size) => {
            id += again ? 0 : 1;
            return withHeaderMap(request(id, 'fill', size));
          });
          for (const datagram of bundled ? [bundle(...requests)] : requests) {
            bytesIn += datagram.length;
            hostile.receiveFrames(datagram, HOST, 2_000);
          }
          await hostile.clock.advance(0);
          const bytesOut = hostile.sent.reduce((sum, { datagram }) => sum + datagram.length, 0);
          if (bytesOut > 3 * bytesIn) throw new Error(`${bytesOut} bytes for ${bytesIn}`);
        }
        await hostile.close();
      },
    ),
    { numRuns: 300 },
  );
});

t.test(
  'an rpcudp endpoint is challenged, proves its address, and gets its reply',
  inWorld(async (t, world) => {
    const server = await strictServer(world);
    const client = await world.endpoint();
    const peer = client.peer<typeof server>(server.address);
    const outcome = await world.clock.runUntil(peer.call('fill', [4_000]));
    t.match(outcome, { state: 'resolved', attempts: 2, rttMs: 4 }, 'after one more round trip');
    t.match(client.stats().fates, { 'response.challenge': 1, 'response.matched': 1 });
    t.match(server.stats(), {
      withheldReplies: 1,
      fates: { 'request.run': 1, 'request.replayed': 1 },
    });
    t.match(await world.clock.runUntil(peer.call('fill', [4_000])), { attempts: 1 }, 'only once');
  }),
);

t.test(
  'a trace context is sent along when a challenge is answered',
  inWorld(async (t, world) => {
    const seen: unknown[] = [];
    const server = await world.endpoint({
      amplification: 'strict',
      handlers: {
        fill: ({ traceparent }) => {
          seen.push(traceparent);
          return new Uint8Array(4_000);
        },
      },
    });
    const client = await world.endpoint();
    const call = client.peer(server.address).call('fill', [], { traceparent: '00-abc' });
    t.match(await world.clock.runUntil(call), { state: 'resolved', attempts: 2 });
    t.strictSame(seen, ['00-abc']);
  }),
);

t.test(
  'a peer that answered a call of this endpoint has proved its address already',
  inWorld(async (t, world) => {
    const server = await strictServer(world);
    const raw = await world.raw();
    const call = server.peer(raw.address).call('x');
    await world.settle();
    raw.answer(0, null);
    await world.clock.runUntil(call);
    raw.send(request(2, 'fill', 4_000), server.address);
    await world.settle();
    t.equal(raw.received.length, 2);
    t.equal(server.stats().withheldReplies, 0);
  }),
);

t.test(
  'a guessed token has no effect',
  inWorld(async (t, world) => {
    const server = await strictServer(world);
    const raw = await world.raw();
    const asked = request(1, 'fill', 4_000);
    const withToken = (token: Buffer) =>
      Buffer.concat([asked, Buffer.of(0x82, 0, 1, 4, 0xc4, token.length), token]);
    raw.send(withToken(Buffer.alloc(8)), server.address);
    await world.settle();
    t.equal(server.stats().withheldReplies, 1);
    t.equal(raw.received.length, 1, 'a challenge');
    const [challenge] = raw.received;
    t.equal(challenge?.datagram[0], 0x06);
    const token = challenge?.datagram.subarray(-8) ?? Buffer.alloc(8);
    raw.send(withToken(Buffer.from(token.map((byte) => byte ^ 1))), server.address);
    await world.settle();
    t.equal(server.stats().withheldReplies, 2);
    raw.send(withToken(token), server.address);
    await world.settle();
    t.ok((raw.received.at(-1)?.datagram.length ?? 0) > 4_000);
  }),
);

t.test(
  'a call answers one challenge: more challenges cause no more datagrams',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ timeoutMs: 500 });
    const call = client.peer(raw.address).call('x');
    await world.settle();
    const id = raw.received[0]?.datagram.subarray(1, 21) ?? Buffer.alloc(0);
    const headerMap = Buffer.concat([Buffer.of(0x82, 0, 1, 4, 0xc4, 8), Buffer.alloc(8, 7)]);
    const challenge = Buffer.concat([frame('challenge', id, null), headerMap]);
    for (let copy = 0; copy < 5; copy++) raw.send(challenge, client.address);
    raw.send(frame('challenge', id, null), client.address);
    await world.settle();
    t.equal(raw.received.length, 2);
    t.match(client.stats().fates, { 'response.challenge': 5, 'malformed.shape': 1 });
    t.match(await world.clock.runUntil(call), { state: 'timedOut', attempts: 2 });
  }),
);
