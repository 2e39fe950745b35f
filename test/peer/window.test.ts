import fc from 'fast-check';
import t from 'tap';
import { Window } from '../../src/peer/window.js';
import { inWorld, World } from '../fixtures/world.js';

const times = (count: number, action: () => void): void => {
  for (let index = 0; index < count; index++) action();
};

t.test('a window starts small and grows with every answer, up to its limit', async (t) => {
  const window = new Window({ initialWindow: 4, window: 6 });
  t.equal(window.limit, 4);
  window.grow();
  t.equal(window.limit, 5);
  times(5, () => {
    window.grow();
  });
  t.equal(window.limit, 6);
  t.equal(new Window({ initialWindow: 100, window: 8 }).limit, 8);
});

t.test('it halves when an answer does not come in time, and is never less than 1', async (t) => {
  const window = new Window({ initialWindow: 11, window: 64 });
  const limits = Array.from({ length: 5 }, () => {
    window.shrink();
    return window.limit;
  });
  t.strictSame(limits, [5, 2, 1, 1, 1]);
  window.grow();
  t.equal(window.limit, 2);
});

t.test('the last halving can be undone, and growth since then is kept', async (t) => {
  const window = new Window({ initialWindow: 16, window: 64 });
  window.shrink();
  window.forgiveShrinking();
  t.equal(window.limit, 16);
  window.shrink();
  times(20, () => {
    window.grow();
  });
  window.forgiveShrinking();
  t.equal(window.limit, 28);
  const untouched = new Window({ initialWindow: 4, window: 64 });
  untouched.forgiveShrinking();
  t.equal(untouched.limit, 4, 'nothing to forgive');
});

t.test('in all cases it stays within its bounds', async () => {
  const action = fc.constantFrom('grow', 'shrink', 'forgiveShrinking');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 100 }),
      fc.array(action, { maxLength: 200 }),
      (initialWindow, most, actions) => {
        const window = new Window({ initialWindow, window: most });
        return actions.every((name) => {
          window[name as 'grow']();
          return window.limit >= 1 && window.limit <= most && Number.isInteger(window.limit);
        });
      },
    ),
  );
});

t.test(
  'a peer starts with four calls in flight',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint();
    const peer = client.peer(raw.address);
    times(10, () => {
      peer.call('x');
    });
    t.match([peer.window, peer.inFlight, peer.queued], [4, 4, 6]);
    await world.settle();
    raw.answer(0, 1);
    await world.settle();
    t.match([peer.window, peer.inFlight, peer.queued], [5, 5, 4]);
    raw.refuse(1, ['handlerFailed', 'no']);
    await world.settle();
    t.equal(peer.window, 6, 'an error is an answer too');
  }),
);

t.test(
  'time-outs, repetitions and overload halve the window, and causes on this side do not',
  inWorld(async (t, world) => {
    const raw = await world.raw();
    const client = await world.endpoint({ initialWindow: 64, timeoutMs: 100 });
    const peer = client.peer(raw.address);
    await world.clock.runUntil(peer.call('silent'));
    t.equal(peer.window, 32, 'a time-out');
    const overloaded = peer.call('overloaded');
    await world.settle();
    raw.refuse(1, ['overloaded', 'not now']);
    await world.clock.runUntil(overloaded);
    t.equal(peer.window, 16, 'a peer that is overloaded');
    const repeated = peer.call('repeated', [], { attempts: 2, timeoutMs: 1_600 });
    await world.clock.advance(1_550);
    t.equal(peer.window, 8, 'a repetition');
    await world.clock.runUntil(repeated);
    t.equal(peer.window, 8, 'whose time-out tells nothing new');
    peer.call('cancelled').cancel();
    const stalled = peer.call('stalled');
    await world.settle();
    world.clock.stall(1_000);
    t.match(await world.clock.runUntil(stalled), { verdict: 'localLoopBlocked' });
    t.equal(peer.window, 8);
  }),
);

t.test('over a bad network no call is sent above the window of its moment', async (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const world = new World({
      seed,
      lossRate: 0.2,
      duplicationRate: 0.2,
      delayMs: { min: 1, exponentialMean: 60 },
    });
    const { random, clock } = world;
    const later = (ms: number) => new Promise((resolve) => clock.setTimeout(() => resolve(1), ms));
    const server = await world.endpoint({
      maxRunningPerPeer: 4,
      handlers: { work: async (_: unknown, ms: number) => later(ms) },
    });
    const client = await world.endpoint({ mailbox: 1_000, window: 16 });
    const peer = client.peer(server.address);
    const limits = new Set<number>();
    for (let count = 0; count < 150; count++) {
      const timeoutMs = 500 + Math.floor(random.unit() * 3_000);
      const call = peer.call('work', [random.unit() * 300], { timeoutMs });
      call.subscribe(({ value }) => {
        if (value !== 'sent') return;
        limits.add(peer.window);
        if (peer.inWindow > peer.window) {
          t.fail(`${peer.inWindow} in the window, ${peer.window} allowed (seed ${seed})`);
        }
      });
      await clock.advance(random.unit() * 60);
    }
    await clock.advance(10_000);
    t.ok(limits.size > 3, `${limits.size} sizes of the window (seed ${seed})`);
    world.errors.length = 0;
    t.strictSame(await world.end(), [], `seed ${seed}`);
  }
});
