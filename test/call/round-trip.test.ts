import fc from 'fast-check';
import t from 'tap';
import { FirstRoundTrips } from '../../src/call/first-round-trips.js';
import { MAX_RTO_MS, RoundTrip } from '../../src/call/round-trip.js';
import { World } from '../fixtures/world.js';

/** A path of which nothing is known, at an endpoint that knows no other. */
const newRoundTrip = () => new RoundTrip(new FirstRoundTrips(1_000));

/** An estimate from these samples, one a second. */
function estimateOf(samplesMs: readonly number[]): { roundTrip: RoundTrip; nowMs: number } {
  const roundTrip = newRoundTrip();
  let nowMs = 0;
  for (const sampleMs of samplesMs) roundTrip.sample(sampleMs, (nowMs += 1_000));
  return { roundTrip, nowMs };
}

t.test('without a sample nothing is known, and the RTO is a second', async (t) => {
  const roundTrip = newRoundTrip();
  t.equal(roundTrip.smoothedMs(0), undefined);
  t.equal(roundTrip.rtoMs(0), 1_000);
});

t.test('the numbers are those of RFC 6298, section 2', async (t) => {
  // By hand: the first R' gives SRTT = R', RTTVAR = R'/2. Each further R' gives RTTVAR = 3/4 RTTVAR
  // + 1/4 |SRTT - R'|, then SRTT = 7/8 SRTT + 1/8 R'.
  const { roundTrip } = estimateOf([800]);
  t.equal(roundTrip.smoothedMs(0), 800);
  t.equal(roundTrip.rtoMs(0), 800 + 4 * 400);
  roundTrip.sample(1_600, 0);
  // RTTVAR = 0.75 * 400 + 0.25 * 800 = 500; SRTT = 700 + 200 = 900
  t.equal(roundTrip.smoothedMs(0), 900);
  t.equal(roundTrip.rtoMs(0), 900 + 4 * 500);
  roundTrip.sample(100, 0);
  // RTTVAR = 375 + 200 = 575; SRTT = 787.5 + 12.5 = 800
  t.equal(roundTrip.smoothedMs(0), 800);
  t.equal(roundTrip.rtoMs(0), 800 + 4 * 575);
});

t.test('the RTO is at least a second, and from the eighth sample on 200 ms', async (t) => {
  t.equal(estimateOf(new Array<number>(7).fill(10)).roundTrip.rtoMs(7_000), 1_000);
  t.equal(estimateOf(new Array<number>(8).fill(10)).roundTrip.rtoMs(8_000), 200);
  const { roundTrip, nowMs } = estimateOf(new Array<number>(200).fill(300));
  t.ok(Math.abs(roundTrip.rtoMs(nowMs) - 301) < 1, 'at least a millisecond over the round trip');
});

t.test('the RTO is at most 8 s', async (t) => {
  const { roundTrip, nowMs } = estimateOf([5_000]);
  t.equal(roundTrip.rtoMs(nowMs), 8_000);
  roundTrip.backOff(6_000);
  t.equal(roundTrip.rtoMs(nowMs), 8_000);
  t.equal(MAX_RTO_MS, 8_000);
});

t.test('an expiry doubles the wait, until the next sample', async (t) => {
  const { roundTrip, nowMs } = estimateOf(new Array<number>(8).fill(10));
  roundTrip.backOff(250);
  t.equal(roundTrip.rtoMs(nowMs), 500);
  roundTrip.backOff(1_000);
  roundTrip.backOff(250);
  t.equal(roundTrip.rtoMs(nowMs), 2_000, 'a shorter wait takes nothing back');
  t.equal(roundTrip.rtoMs(nowMs + 500_000), 2_000, 'time does not either');
  roundTrip.sample(10, nowMs);
  t.equal(roundTrip.rtoMs(nowMs), 200);
  const fresh = newRoundTrip();
  fresh.backOff(1_500);
  t.equal(fresh.rtoMs(0), 3_000, 'without a sample too');
});

t.test('a peer that is working is freed from the back-off', async (t) => {
  const { roundTrip, nowMs } = estimateOf(new Array<number>(8).fill(10));
  roundTrip.backOff(4_000);
  roundTrip.forgiveBackOff();
  t.equal(roundTrip.rtoMs(nowMs), 200);
});

t.test('any answer limits the back-off to the time that it took, and raises nothing', async (t) => {
  const { roundTrip, nowMs } = estimateOf(new Array<number>(8).fill(10));
  roundTrip.limitBackOff(5_000);
  t.equal(roundTrip.rtoMs(nowMs), 200, 'there was none');
  roundTrip.backOff(4_000);
  roundTrip.limitBackOff(3_000);
  t.equal(roundTrip.rtoMs(nowMs), 3_000);
  roundTrip.limitBackOff(6_000);
  t.equal(roundTrip.rtoMs(nowMs), 3_000);
  roundTrip.limitBackOff(1);
  t.equal(roundTrip.rtoMs(nowMs), 200, 'the estimate holds');
  t.equal(roundTrip.smoothedMs(nowMs), 10, 'it is no sample');
  roundTrip.backOff(500);
  t.equal(roundTrip.rtoMs(nowMs), 1_000, 'the next expiry begins again');
  const fresh = newRoundTrip();
  fresh.backOff(4_000);
  fresh.limitBackOff(2_500);
  t.equal(fresh.rtoMs(0), 2_500, 'without a sample too');
  t.equal(fresh.smoothedMs(0), undefined);
});

t.test('an estimate is forgotten after ten minutes without a sample', async (t) => {
  const { roundTrip, nowMs } = estimateOf(new Array<number>(8).fill(10));
  t.equal(roundTrip.rtoMs(nowMs + 599_999), 200);
  t.equal(roundTrip.smoothedMs(nowMs + 599_999), 10);
  t.equal(roundTrip.rtoMs(nowMs + 600_000), 1_000);
  t.equal(roundTrip.smoothedMs(nowMs + 600_000), undefined);
  roundTrip.sample(50, nowMs + 600_000);
  t.equal(roundTrip.smoothedMs(nowMs + 600_000), 50, 'the old samples have no part in the new');
  t.equal(roundTrip.rtoMs(nowMs + 600_000), 1_000, 'it must be trusted again');
});

t.test('the RTO keeps its bounds in all cases', async () => {
  const step = fc.oneof(
    fc.record({ sample: fc.double({ min: 0, max: 60_000, noNaN: true }) }),
    fc.record({ backOff: fc.double({ min: 0, max: 8_000, noNaN: true }) }),
    fc.record({ limit: fc.double({ min: 0, max: 60_000, noNaN: true }) }),
    fc.record({ pass: fc.nat(700_000) }),
    fc.constant({ forgive: true }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const roundTrip = newRoundTrip();
      let nowMs = 0;
      let samples = 0;
      for (const what of steps) {
        if ('sample' in what) {
          roundTrip.sample(what.sample, nowMs);
          samples += 1;
        } else if ('backOff' in what) roundTrip.backOff(what.backOff);
        else if ('limit' in what) roundTrip.limitBackOff(what.limit);
        else if ('pass' in what) nowMs += what.pass;
        else roundTrip.forgiveBackOff();
        const rtoMs = roundTrip.rtoMs(nowMs);
        const floorMs = samples < 8 ? 1_000 : 200;
        if (!(rtoMs >= floorMs && rtoMs <= 8_000)) return false;
      }
      return true;
    }),
  );
});

t.test('the estimate lies between its samples', async () => {
  const samples = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(samples, (samplesMs) => {
      const { roundTrip, nowMs } = estimateOf(samplesMs);
      const smoothedMs = roundTrip.smoothedMs(nowMs) ?? NaN;
      const slack = 1e-6;
      return (
        smoothedMs >= Math.min(...samplesMs) - slack && smoothedMs <= Math.max(...samplesMs) + slack
      );
    }),
  );
});

t.test('at 20 % loss the estimate is within 10 % of the delay after 32 calls', async (t) => {
  for (let seed = 1; seed <= 20; seed++) {
    const world = new World({
      seed,
      lossRate: 0.2,
      duplicationRate: 0.1,
      delayMs: { min: 25, max: 25 },
    });
    const server = await world.endpoint({ handlers: { ping: () => 'pong' } });
    const client = await world.endpoint();
    const peer = client.peer(server.address);
    let repeated = 0;
    for (let count = 0; count < 32; count++) {
      const outcome = await world.clock.runUntil(peer.call('ping'));
      if (outcome.attempts > 1) repeated += 1;
    }
    const roundTripMs = peer.roundTripMs ?? NaN;
    t.ok(roundTripMs >= 45 && roundTripMs <= 55, `${roundTripMs} ms (seed ${seed})`);
    t.ok(repeated > 0, 'some calls were sent again');
    t.strictSame(await world.end(), [], `seed ${seed}`);
  }
});
