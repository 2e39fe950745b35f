import fc from 'fast-check';
import t from 'tap';
import { FirstRoundTrips } from '../../src/call/first-round-trips.js';
import { inWorld } from '../fixtures/world.js';

/** First round trips of these times, all at the same moment. */
function known(timesMs: readonly number[], initialRtoMs = 1_000): FirstRoundTrips {
  const firstRoundTrips = new FirstRoundTrips(initialRtoMs);
  for (const timeMs of timesMs) firstRoundTrips.add(timeMs, 0);
  return firstRoundTrips;
}

const times = (count: number, timeMs: number) => Array<number>(count).fill(timeMs);

t.test('with fewer than 8 of them the RTO is the initial one', async (t) => {
  t.equal(known([]).rtoMs(0), 1_000);
  t.equal(known(times(7, 10)).rtoMs(0), 1_000);
  t.equal(known(times(7, 10), 2_500).rtoMs(0), 2_500);
  t.equal(known(times(8, 10)).rtoMs(0), 300);
});

t.test(
  'it is what 95 of 100 keep, never under 300 ms and never over the initial one',
  async (t) => {
    const hundredths = Array.from({ length: 64 }, (_, index) => 400 + index);
    t.equal(known(hundredths).rtoMs(0), 460, 'the 61st of 64');
    t.equal(known(hundredths.toReversed()).rtoMs(0), 460, 'in any order');
    t.equal(known([...times(61, 20), ...times(3, 900)]).rtoMs(0), 300, '3 of 64 are too few');
    t.equal(known([...times(60, 20), ...times(4, 900)]).rtoMs(0), 900, '4 are not');
    t.equal(known(times(20, 5_000)).rtoMs(0), 1_000);
    t.equal(known(times(20, 10), 250).rtoMs(0), 250);
  },
);

t.test('the latest 64 count, for ten minutes', async (t) => {
  const firstRoundTrips = known(times(64, 700));
  for (const timeMs of times(60, 400)) firstRoundTrips.add(timeMs, 1_000);
  t.equal(firstRoundTrips.rtoMs(1_000), 700, '4 old ones are left, which is more than 5 of 100');
  firstRoundTrips.add(400, 1_000);
  t.equal(firstRoundTrips.rtoMs(1_000), 400);
  t.equal(firstRoundTrips.rtoMs(600_999), 400);
  t.equal(firstRoundTrips.rtoMs(601_000), 1_000);
  firstRoundTrips.add(400, 601_000);
  t.equal(firstRoundTrips.rtoMs(601_000), 1_000, 'and it begins again');
});

t.test('the RTO keeps its bounds in all cases', async () => {
  const timeMs = fc.double({ min: 0, max: 60_000, noNaN: true });
  const initial = fc.integer({ min: 200, max: 8_000 });
  fc.assert(
    fc.property(initial, fc.array(timeMs, { maxLength: 200 }), (initialRtoMs, timesMs) => {
      const rtoMs = known(timesMs, initialRtoMs).rtoMs(0);
      return rtoMs >= Math.min(300, initialRtoMs) && rtoMs <= initialRtoMs;
    }),
  );
});

t.test(
  'an endpoint that knows 8 peers waits for a new one no longer than for those',
  inWorld(
    async (t, world) => {
      const client = await world.endpoint();
      const firstGapMs = async () => {
        const startMs = world.clock.nowMs();
        const silent = await world.raw();
        const call = client.peer(silent.address).call('x', [], { attempts: 2 });
        while (call.getSnapshot().context.attempt < 2) await world.clock.step();
        call.cancel();
        return world.clock.nowMs() - startMs;
      };
      const before = await firstGapMs();
      t.ok(before >= 1_000 && before <= 1_500, `${before} ms`);
      for (let count = 0; count < 8; count++) {
        const server = await world.endpoint({ handlers: { x: () => 1 } });
        const peer = client.peer(server.address);
        // What is known of one peer counts once.
        for (let left = 3; left > 0; left--) await world.clock.runUntil(peer.call('x'));
      }
      const after = await firstGapMs();
      t.ok(after >= 300 && after <= 450, `${after} ms`);
    },
    { delayMs: { min: 5, max: 20 } },
  ),
);

t.test(
  'initialRtoMs is the wait for a peer of which nothing is known',
  inWorld(async (t, world) => {
    for (const initialRtoMs of [200, 2_000]) {
      const raw = await world.raw();
      const client = await world.endpoint({ initialRtoMs, timeoutMs: 20_000 });
      const startMs = world.clock.nowMs();
      const call = client.peer(raw.address).call('x', [], { attempts: 2 });
      while (call.getSnapshot().context.attempt < 2) await world.clock.step();
      const gapMs = world.clock.nowMs() - startMs;
      t.ok(gapMs >= initialRtoMs && gapMs <= 1.5 * initialRtoMs, `${gapMs} ms`);
    }
  }),
);
