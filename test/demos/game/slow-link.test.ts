import t from 'tap';
import type { Transport } from '../../../src/index.js';
import { SimulatedClock, SimulatedNetwork, SeededRandom } from '../../../src/testing/index.js';
import { Lane } from '../../../demos/game/lane.js';
import type { LaneConditions } from '../../../demos/game/lane.js';
import { SlowLink } from '../../../demos/game/slow-link.js';

const CONDITIONS: LaneConditions = { bytesPerSecond: 1_000, delayMs: 50, lossRate: 0 };

function laneOn(clock: SimulatedClock, conditions: Partial<LaneConditions> = {}): Lane {
  return new Lane({ ...CONDITIONS, ...conditions }, new SeededRandom(1), clock);
}

t.test('a lane carries so many bytes a second, in order', async (t) => {
  const clock = new SimulatedClock();
  const lane = laneOn(clock);
  const arrived: [what: string, atMs: number][] = [];
  for (const [what, bytes] of [
    ['long', 200],
    ['short', 10],
  ] as const) {
    lane.carry(bytes, () => arrived.push([what, clock.nowMs()]));
  }
  await clock.advance(1_000);
  lane.carry(10, () => arrived.push(['later', clock.nowMs()]));
  await clock.advance(1_000);
  t.strictSame(arrived, [
    ['long', 250],
    ['short', 260],
    ['later', 1_060],
  ]);
  t.equal(clock.pendingTimers, 0);
});

t.test('a lane loses its share, and what finds it full', async (t) => {
  const clock = new SimulatedClock();
  let arrived = 0;
  const lossy = laneOn(clock, { lossRate: 0.25 });
  for (let sent = 0; sent < 1_000; sent += 1) {
    lossy.carry(1, () => (arrived += 1));
    await clock.advance(2);
  }
  await clock.advance(100);
  t.ok(arrived > 700 && arrived < 800, `${arrived} of 1,000`);

  arrived = 0;
  const full = laneOn(clock);
  for (let sent = 0; sent < 100; sent += 1) full.carry(1, () => (arrived += 1));
  await clock.advance(1_000);
  t.equal(arrived, 64);
});

t.test('nothing arrives when a lane is closed', async (t) => {
  const clock = new SimulatedClock();
  const lane = laneOn(clock);
  lane.carry(1, () => t.fail('it arrived'));
  lane.close();
  t.equal(clock.pendingTimers, 0);
  await clock.advance(1_000);
});

t.test('a slow link is slow both ways, and carries a copy', async (t) => {
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork({ clock, seed: 1, delayMs: 0 });
  const heard: string[] = [];
  const hears = (who: string) => ({
    datagramReceived: (datagram: Buffer) => {
      heard.push(`${who} hears ${datagram.toString()} at ${clock.nowMs()}`);
    },
    transportFailed: (error: Error) => t.fail(error.message),
  });
  const far: Transport = network.transport('10.0.0.1', 1);
  await far.open(hears('far'));
  const near = new SlowLink(
    network.transport('10.0.0.2', 2),
    CONDITIONS,
    new SeededRandom(1),
    clock,
  );
  t.strictSame(await near.open(hears('near')), { host: '10.0.0.2', port: 2 });
  t.equal(near.family, 4);

  const bytes = Buffer.from('ping');
  let failure: Error | null | undefined;
  near.send(bytes, '10.0.0.1', 1, (error) => (failure = error));
  t.equal(failure, null);
  bytes.fill('x');
  far.send(Buffer.from('pong!'), '10.0.0.2', 2, () => undefined);
  await clock.advance(1_000);
  t.strictSame(heard, ['far hears ping at 54', 'near hears pong! at 55']);

  near.send(bytes, '10.0.0.1', 1, () => undefined);
  await near.close();
  await clock.advance(1_000);
  t.equal(heard.length, 2);
  t.equal(clock.pendingTimers, 0);
  await far.close();
});
