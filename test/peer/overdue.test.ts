/** Calls whose answer is overdue continue to wait, and others get their place in the window. */
import t from 'tap';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import { TYPE_BYTE } from '../../src/wire/frame-type.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** Later than any first gap: the RTO of an unknown peer is 1 to 1.5 s. */
const OVERDUE_MS = 1_501;

/** A client with a window of 2 for a raw peer that has not answered yet. */
async function pair(world: World, options: EndpointOptions = {}) {
  const raw = await world.raw();
  const client = await world.endpoint({ initialWindow: 2, timeoutMs: 10_000, ...options });
  return { raw, client, peer: client.peer(raw.address) };
}

const cancelsOf = (raw: RawPeer) =>
  raw.received.filter(({ datagram }) => datagram[0] === TYPE_BYTE.cancel).length;

t.test(
  'an overdue call makes room for those that wait, and is still in flight',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await pair(world, { attempts: 1 });
    const calls = ['a', 'b', 'c', 'd'].map((name) => peer.call(name));
    await world.settle();
    t.strictSame(raw.asked, ['a', 'b']);
    t.match([peer.window, peer.inFlight, peer.queued], [2, 2, 2]);
    await world.clock.advance(OVERDUE_MS);
    t.equal(peer.window, 1);
    t.strictSame(raw.asked, ['a', 'b', 'c'], 'there is room for one, sent once as the others');
    t.match([peer.inFlight, peer.queued, client.stats().inFlightNow], [3, 1, 3]);
    for (const index of calls.keys()) {
      raw.answer(index, index);
      await world.settle();
    }
    for (const [index, call] of calls.entries()) {
      t.match(await call, { state: 'resolved', value: index, attempts: 1 });
    }
    t.equal(peer.inFlight, 0);
    t.equal(peer.window, 5, 'and their answers let the window grow');
  }),
);

t.test(
  'calls that were lost together are one sign of loss, and those lost later are another',
  inWorld(async (t, world) => {
    const { peer } = await pair(world, { attempts: 1, initialWindow: 16 });
    const lose = async (forMs: number) => {
      for (let n = 0; n < 16; n++) peer.call('x');
      await world.clock.advance(forMs);
    };
    await lose(OVERDUE_MS);
    t.equal(peer.window, 8);
    // Every expiry doubles the RTO.
    await lose(3 * OVERDUE_MS);
    t.equal(peer.window, 4);
  }),
);

t.test(
  'an overdue call times out at its deadline, which does not shrink the window again',
  inWorld(async (t, world) => {
    const { peer } = await pair(world, { attempts: 1, initialWindow: 8, timeoutMs: 5_000 });
    const call = peer.call('x');
    await world.clock.advance(OVERDUE_MS);
    t.equal(peer.window, 4);
    t.match(await world.clock.runUntil(call), { state: 'timedOut', verdict: 'peerSilent' });
    t.equal(world.clock.nowMs(), 5_000);
    t.equal(peer.window, 4);
    t.equal(peer.inFlight, 0);
  }),
);

t.test(
  'a call on which its peer is working needs no place in the window either',
  inWorld(async (t, world) => {
    const { raw, peer } = await pair(world, { attempts: 2, initialWindow: 1, timeoutMs: 20_000 });
    const [busy, waiting] = [peer.call('busy'), peer.call('waiting')];
    await world.clock.advance(OVERDUE_MS);
    t.strictSame(raw.asked, ['busy', 'busy']);
    raw.working(1);
    await world.settle();
    t.match([busy.state, waiting.state], ['awaiting', 'awaiting']);
    raw.answer(0, 'done');
    t.match(await world.clock.runUntil(busy), { state: 'resolved', value: 'done' });
  }),
);

t.test(
  'an overdue call is cancelled like any other, also on closing',
  inWorld(async (t, world) => {
    const { raw, client, peer } = await pair(world, { initialWindow: 1, attempts: 1 });
    raw.native = true;
    const [first, second, third, fourth] = ['a', 'b', 'c', 'd'].map((name) => peer.call(name));
    await world.clock.advance(OVERDUE_MS);
    raw.answer(1, 'known');
    t.match(await world.clock.runUntil(second!), { state: 'resolved' });
    await world.settle();
    t.equal(third?.state, 'awaiting');
    first?.cancel('enough');
    t.match(await first, { state: 'cancelled', executed: 'maybe', attempts: 1 });
    await world.settle();
    t.equal(cancelsOf(raw), 1);
    await world.clock.advance(OVERDUE_MS);
    await client.close();
    t.match(await Promise.all([third, fourth]), [{ state: 'cancelled' }, { state: 'cancelled' }]);
    await world.settle();
    t.equal(cancelsOf(raw), 3);
  }),
);

t.test(
  'an overdue call is sent again when its peer turns out to be an rpcudp endpoint',
  inWorld(async (t, world) => {
    const { raw, peer } = await pair(world, { timeoutMs: 60_000, initialWindow: 1 });
    raw.native = true;
    const [first, second] = [peer.call('a'), peer.call('b')];
    await world.clock.advance(OVERDUE_MS);
    t.strictSame(raw.asked, ['a', 'b']);
    raw.answer(1, 1);
    await world.clock.runUntil(second);
    await world.clock.advance(8_000);
    t.ok(raw.asked.slice(2).every((name) => name === 'a') && raw.asked.length > 2);
    raw.answer(0, 'after all');
    t.match(await world.clock.runUntil(first), { state: 'resolved', value: 'after all' });
  }),
);

t.test(
  'a call that is repeated in vain gives its place to the next after three transmissions',
  inWorld(async (t, world) => {
    const { raw, peer } = await pair(world, { initialWindow: 1, window: 1, timeoutMs: 20_000 });
    raw.native = true;
    const first = peer.call('first');
    await world.settle();
    raw.answer(0, 1);
    await world.clock.runUntil(first);
    const [vain, next] = [peer.call('vain'), peer.call('next')];
    while (!raw.asked.includes('next') && (await world.clock.step()));
    t.strictSame(raw.asked.slice(0, 5), ['first', 'vain', 'vain', 'vain', 'next']);
    raw.answer(4, 'done');
    t.match(await world.clock.runUntil(next), { state: 'resolved', value: 'done' });
    t.match(await world.clock.runUntil(vain), { state: 'timedOut' });
    t.ok(raw.asked.filter((name) => name === 'vain').length > 3, 'and it is still repeated');
  }),
);

t.test(
  'no more calls are overdue than may be in flight',
  inWorld(async (t, world) => {
    const { client, peer } = await pair(world, {
      attempts: 1,
      initialWindow: 1,
      maxOutstanding: 3,
      timeoutMs: 120_000,
    });
    const calls = Array.from({ length: 6 }, () => peer.call('x'));
    await world.clock.advance(100_000);
    t.equal(client.stats().inFlightNow, 3);
    t.strictSame(
      calls.map(({ state }) => state),
      ['awaiting', 'awaiting', 'awaiting', 'unsent', 'unsent', 'unsent'],
    );
  }),
);

t.test(
  'calls on which their peer is working hold up no others, and do not change the window',
  inWorld(async (t, world) => {
    const state = { runs: 0 };
    const server = await world.endpoint({
      handlerTimeoutMs: 30_000,
      handlers: {
        ping: () => 'pong',
        work: async () => {
          state.runs += 1;
          await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 20_000));
          return 'done';
        },
      },
    });
    const client = await world.endpoint({ timeoutMs: 60_000, window: 5 });
    const peer = client.peer(server.address);
    while (peer.window < 5) await world.clock.runUntil(peer.call('ping'));
    const startMs = world.clock.nowMs();
    const working = Array.from({ length: 5 }, () => peer.call('work'));
    const ping = peer.call('ping');
    t.match([peer.inWindow, peer.queued], [5, 1]);
    t.match(await world.clock.runUntil(ping), { state: 'resolved', attempts: 1 });
    const tookMs = world.clock.nowMs() - startMs;
    t.ok(tookMs < 2_000, `${tookMs} ms`);
    await world.clock.advance(2_000);
    t.match(peer, { window: 5, inWindow: 0, inFlight: 5, queued: 0 });
    for (const call of working) {
      t.match(await world.clock.runUntil(call), { state: 'resolved', value: 'done' });
    }
    t.equal(state.runs, 5);
    t.equal(peer.window, 5);
  }),
);

t.test(
  'a peer that is working does not undo what an earlier loss did to the window',
  inWorld(async (t, world) => {
    const { raw, peer } = await pair(world, { attempts: 1, initialWindow: 8, timeoutMs: 20_000 });
    peer.call('lost');
    await world.clock.advance(OVERDUE_MS);
    t.equal(peer.window, 4);
    await world.clock.advance(1);
    peer.call('busy');
    await world.settle();
    raw.working(1);
    await world.settle();
    t.match(peer, { window: 4, inWindow: 0, inFlight: 2 });
  }),
);
