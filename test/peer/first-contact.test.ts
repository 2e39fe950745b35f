/** First contact: what an endpoint does when its first request to a peer is not answered. */
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import { FirstContact } from '../../src/peer/first-contact.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { frame, idOf, withHeaderMap } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** Later than the first gap to a peer of which nothing is known, and earlier than the second. */
const OVERDUE_MS = 1_501;

/** A client of a raw peer that has not answered anything. */
async function strangers(world: World, options: EndpointOptions = {}) {
  const raw = await world.raw();
  const client = await world.endpoint({ timeoutMs: 10_000, ...options });
  return { raw, client, peer: client.peer(raw.address) };
}

t.test(
  'a lost first request to an rpcudp endpoint costs a round-trip time-out, not the call',
  inWorld(async (t, world) => {
    let runs = 0;
    const server = await world.endpoint({ handlers: { pay: () => ++runs } });
    const client = await world.endpoint();
    const [here, there] = [client.address.host, server.address.host];
    world.network.partition(here, there);
    const peer = client.peer(server.address);
    const call = peer.call('pay');
    await world.clock.advance(500);
    world.network.heal(here, there);
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 1, attempts: 2 });
    t.ok(world.clock.nowMs() <= OVERDUE_MS + 10, `after ${world.clock.nowMs()} ms`);
    t.equal(runs, 1);
    t.equal(peer.native, true);
    t.equal(client.stats().fates['response.present'], 1);
    t.match(server.stats().fates, { 'probe.answered': 1, 'request.run': 1 });
  }),
);

t.test(
  'a request whose answer was lost is repeated after a probe, and runs once',
  inWorld(async (t, world) => {
    let runs = 0;
    const server = await world.endpoint({ handlers: { pay: () => ++runs } });
    const client = await world.endpoint();
    world.network.partitionOneWay(server.address.host, client.address.host);
    const call = client.peer(server.address).call('pay');
    await world.clock.advance(500);
    world.network.heal(server.address.host, client.address.host);
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 1, attempts: 2 });
    t.equal(runs, 1);
    t.match(server.stats().fates, { 'request.run': 1, 'request.replayed': 1 });
  }),
);

t.test(
  'a probe is nil with a header map, and has the id of the call that waits',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await strangers(world);
    const call = peer.call('x');
    await world.clock.advance(999);
    t.equal(raw.probes.length, 0, 'not before the request is overdue');
    await world.clock.advance(OVERDUE_MS - 999);
    t.equal(raw.probes.length, 1);
    const [{ datagram, from } = { datagram: Buffer.alloc(0), from: undefined }] = raw.probes;
    t.same(from, client.address);
    const id = call.getSnapshot().context.transactionId;
    t.equal(datagram.toString('hex'), `0a${id}c0810001`);
  }),
);

t.test(
  'probes are repeated with back-off while a call waits, and the request is not',
  inWorld(async (t, world) => {
    const { raw, peer } = await strangers(world, { timeoutMs: 20_000 });
    const atMs: number[] = [];
    const call = peer.call('x');
    while (call.getSnapshot().context.outcome === undefined) {
      await world.clock.step();
      while (atMs.length < raw.probes.length) atMs.push(world.clock.nowMs());
    }
    t.match(await call, { state: 'timedOut', attempts: 1, verdict: 'peerSilent' });
    t.strictSame(raw.asked, ['x']);
    const gaps = atMs.slice(1).map((one, index) => one - (atMs[index] ?? 0));
    t.ok(gaps.length >= 3, `gaps of ${gaps.join(', ')} ms`);
    t.ok(gaps.every((gapMs) => gapMs >= 1_000 && gapMs <= 5_000));
    t.ok(gaps.every((gapMs, index) => gapMs >= (gaps[index - 1] ?? 0)));
    t.ok((atMs.at(-1) ?? 0) < 20_000, 'the last one before the deadline');
  }),
);

t.test(
  'an answer to a probe makes the peer known, and the request is sent again at once',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await strangers(world);
    const call = peer.call('x');
    await world.clock.advance(OVERDUE_MS);
    t.match(peer, { native: false, health: 'unknown' });
    raw.present(0);
    await world.settle();
    t.match(peer, { native: true, health: 'responsive' });
    t.strictSame(raw.asked, ['x', 'x']);
    raw.present(0);
    await world.settle();
    t.strictSame(raw.asked, ['x', 'x'], 'a second answer changes nothing');
    t.equal(client.stats().fates['response.present'], 2);
    raw.native = true;
    raw.answer(1, 'done');
    t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'done', attempts: 2 });
    t.equal(peer.roundTripMs, undefined, 'the time is no sample');
    raw.present(0);
    await world.settle();
    t.equal(client.stats().fates['response.duplicate'], 1);
    t.equal(raw.probes.length, 1);
  }),
);

t.test(
  'one probe at a time is sent to a peer, whatever the number of calls that wait',
  inWorld(async (t, world) => {
    const { raw, peer } = await strangers(world, { initialWindow: 16 });
    const calls = Array.from({ length: 16 }, () => peer.call('x'));
    await world.clock.advance(1_999);
    t.equal(raw.probes.length, 1);
    raw.present(0);
    await world.settle();
    t.equal(raw.asked.length, 17, 'its call is repeated');
    await world.clock.advance(2_501);
    t.equal(raw.asked.length >= 32, true, 'the others at their own times, within a quarter');
    t.equal(raw.probes.length, 1, 'and nothing is asked any more');
    for (const call of calls) call.cancel();
  }),
);

t.test(
  'no probe is sent where it would change nothing',
  inWorld(async (t, world) => {
    const contract = defineContract({ twice: { idempotent: true } });
    const { raw, client, peer } = await strangers(world, { timeoutMs: 5_000 });
    await world.clock.runUntil(peer.call('x', [], { attempts: 1 }));
    await world.clock.runUntil(peer.call('x', [], { attempts: 3 }));
    await world.clock.runUntil(client.peer(raw.address, contract).call('twice'));
    t.equal(raw.probes.length, 0, 'the caller decides how often a request is sent');
    for (const native of [false, true]) {
      const known = await world.raw();
      known.native = native;
      const first = client.peer(known.address).call('x');
      await world.settle();
      known.answer(0, 1);
      await world.clock.runUntil(first);
      await world.clock.runUntil(client.peer(known.address).call('x'));
      t.equal(known.probes.length, 0, 'what the peer is, is known');
    }
  }),
);

t.test(
  'an answer that no probe asked for repeats nothing',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await strangers(world);
    const call = peer.call('x');
    await world.settle();
    const { datagram, from } = raw.received[0]!;
    const present = withHeaderMap(frame('present', idOf(datagram), null));
    raw.send(present, from);
    await world.settle();
    t.strictSame(raw.asked, ['x'], 'the request is not overdue');
    t.equal(client.stats().fates['response.present'], 1);
    call.cancel();
    await world.settle();
    raw.send(present, from);
    await world.settle();
    t.equal(client.stats().fates['response.late'], 1);
  }),
);

t.test(
  'forged answers to probes prove nothing',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await strangers(world);
    const other = await world.raw();
    const call = peer.call('x');
    await world.clock.advance(OVERDUE_MS);
    const id = idOf(raw.probes[0]!.datagram);
    const to = client.address;
    other.send(withHeaderMap(frame('present', id, null)), to);
    raw.send(withHeaderMap(frame('present', Buffer.alloc(20, 7), null)), to);
    raw.send(frame('present', id, null), to);
    raw.send(withHeaderMap(frame('present', id, 'here')), to);
    raw.send(Buffer.concat([frame('present', id, null).subarray(0, 21), Buffer.of(0xc4, 9)]), to);
    await world.settle();
    t.match(client.stats().fates, {
      'response.wrongPeer': 1,
      'response.orphan': 1,
      'malformed.shape': 2,
      'malformed.truncated': 1,
      'response.present': 0,
    });
    t.match(peer, { native: false, health: 'unknown' });
    t.strictSame(raw.asked, ['x']);
    call.cancel();
  }),
);

t.test(
  'after 20 s a request is not sent again, so nothing is asked',
  inWorld(async (t, world) => {
    const { raw, peer } = await strangers(world, { timeoutMs: 120_000 });
    const call = peer.call('x');
    await world.clock.advance(20_001);
    const { length } = raw.probes;
    t.ok(length >= 2);
    await world.clock.advance(60_000);
    t.equal(raw.probes.length, length);
    raw.present(0);
    await world.settle();
    t.strictSame(raw.asked, ['x'], 'and an answer comes too late');
    t.equal(peer.native, true);
    call.cancel();
  }),
);

t.test('a probe gets as much time for its answer as a request would', async (t) => {
  const contact = new FirstContact();
  const sentAtMs = [];
  for (let atMs = 0; atMs <= 20_000; atMs += 100) {
    if (contact.mayProbe(atMs, 1_000, 16_000)) sentAtMs.push(atMs);
  }
  t.strictSame(sentAtMs, [0, 1_000, 3_000, 7_000, 11_000, 15_000, 19_000]);
});
