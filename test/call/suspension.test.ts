/**
 * Calls of a machine that is suspended: its monotonic clock stands still, while its peers go on and
 * forget.
 */
import t from 'tap';
import { defineContract } from '../../src/contract/contract.js';
import type { EndpointOptions } from '../../src/api/endpoint-options.js';
import type { RawPeer } from '../fixtures/raw-peer.js';
import { inWorld, type World } from '../fixtures/world.js';

/** For how long a peer is trusted to remember a request. */
const SAFE_MS = 20_000;
/** Longer than the gap to the second transmission, and shorter than that to the third. */
const REPEATED_ONCE_MS = 1_600;

const contract = defineContract({ twice: { idempotent: true }, once: {} });

/** A client of a peer that has answered one of its calls as an rpcudp endpoint. */
async function acquainted(world: World, options: EndpointOptions = {}) {
  const raw = await world.raw();
  raw.native = true;
  const client = await world.endpoint({ timeoutMs: 60_000, ...options });
  const peer = client.peer(raw.address, contract);
  const first = peer.call('once');
  await world.settle();
  raw.answer(0, 1);
  await world.clock.runUntil(first);
  raw.received.length = 0;
  return { raw, peer };
}

/** How many times a call is sent in all when its machine is suspended for `ms` at this moment. */
async function sentInSpiteOf(world: World, raw: RawPeer, ms: number): Promise<number> {
  world.clock.jumpWall(ms);
  await world.clock.advance(60_000);
  return raw.asked.length;
}

t.test(
  'after a suspension a request is not repeated that its peer may have forgotten',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world);
    const call = peer.call('once');
    t.equal(await sentInSpiteOf(world, raw, SAFE_MS), 1);
    t.match(await call, { state: 'timedOut', attempts: 1, executed: 'maybe' });
  }),
);

t.test(
  'a suspension between two repetitions ends them',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world);
    void peer.call('once');
    await world.clock.advance(REPEATED_ONCE_MS);
    t.equal(raw.asked.length, 2);
    t.equal(await sentInSpiteOf(world, raw, 3_600_000), 2);
  }),
);

t.test(
  'a request that waited in the mailbox is as old as its first transmission',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world, { window: 1, initialWindow: 1 });
    const first = peer.call('once');
    const waiting = peer.call('once');
    world.clock.jumpWall(3_600_000);
    // For so long a reading of the time of day from before the suspension is taken.
    await world.clock.advance(10);
    raw.answer(0, 1);
    await world.clock.runUntil(first);
    await world.settle();
    t.equal(raw.asked.length, 2, 'it is sent when the machine is awake again');
    t.ok((await world.clock.runUntil(waiting)).attempts > 2, 'and repeated');
  }),
);

t.test(
  'a short suspension, or a clock that is set back, allows no more and no fewer repetitions',
  inWorld(async (t, world) => {
    const usual = await acquainted(world);
    void usual.peer.call('once');
    const attempts = await sentInSpiteOf(world, usual.raw, 0);
    t.ok(attempts > 3, `${attempts} times`);
    for (const ms of [-1, -3_600_000]) {
      const { raw, peer } = await acquainted(world);
      const startMs = world.clock.nowMs();
      const sentAtMs: number[] = [];
      peer.call('once').subscribe(() => sentAtMs.push(world.clock.nowMs() - startMs));
      t.ok((await sentInSpiteOf(world, raw, ms)) > 3);
      const lastMs = Math.max(...sentAtMs.filter((atMs) => atMs < 60_000));
      t.ok(lastMs <= SAFE_MS, `the last one after ${lastMs} ms`);
    }
    const { raw, peer } = await acquainted(world);
    void peer.call('once');
    const fewer = await sentInSpiteOf(world, raw, SAFE_MS / 2);
    t.ok(fewer > 1 && fewer < attempts, `after a short one it is sent ${fewer} times`);
  }),
);

t.test(
  'a peer that says that it is working remembers the request from then on',
  inWorld(async (t, world) => {
    const { raw, peer } = await acquainted(world);
    void peer.call('once');
    world.clock.jumpWall(SAFE_MS - REPEATED_ONCE_MS);
    await world.clock.advance(REPEATED_ONCE_MS);
    t.equal(raw.asked.length, 2);
    raw.working(1);
    await world.settle();
    t.ok((await sentInSpiteOf(world, raw, SAFE_MS / 4)) > 2, 'and is asked again');
  }),
);

t.test(
  'what may run twice is repeated after a suspension too',
  inWorld(async (t, world) => {
    for (const [procedure, options] of [
      ['twice', {}],
      ['once', { attempts: 4 }],
    ] as const) {
      const { raw, peer } = await acquainted(world);
      void peer.call(procedure, [], options);
      const attempts = await sentInSpiteOf(world, raw, 3_600_000);
      t.ok(attempts >= 4, `${procedure}: ${attempts} times`);
    }
  }),
);
