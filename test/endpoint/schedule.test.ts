import t from 'tap';
import type { Call } from '../../src/call/call.js';
import type { Outcome } from '../../src/call/outcome.js';
import { SeededRandom } from '../../src/testing/random.js';
import { World } from '../fixtures/world.js';

const SEEDS = 200;
const CALLS = 150;

/** How a call went, and when its outcome was there. */
interface Settled {
  readonly token: number;
  readonly call: Call;
  readonly outcome: Outcome;
  readonly afterMs: number;
}

/** One world of calls over a network that loses, copies and reorders; gives what is wrong with it. */
async function faultsOf(seed: number, reached: Set<string>): Promise<string[]> {
  const random = new SeededRandom(seed, '/schedule');
  const below = (limit: number) => Math.floor(random.unit() * limit);
  const world = new World({
    seed,
    // Watching builds snapshots, which must change nothing: half of the seeds go without.
    watched: seed % 2 === 0,
    lossRate: random.unit() * 0.3,
    duplicationRate: random.unit() * 0.5,
    delayMs: { min: below(30), max: 30 + below(400) },
  });
  /** How often each call was executed, by the token it carries. */
  const executions = new Map<number, number>();
  const run = (token: number): void => {
    executions.set(token, (executions.get(token) ?? 0) + 1);
  };
  const handlers = {
    echo: (_: unknown, token: number) => {
      run(token);
      return token;
    },
    slow: (_: unknown, token: number) => {
      run(token);
      return new Promise<number>((resolve) => {
        world.clock.setTimeout(() => {
          resolve(token);
        }, below(1_500));
      });
    },
    fail: (_: unknown, token: number) => {
      run(token);
      throw new Error('as asked');
    },
  };
  const limits = { window: 1 + below(8), mailbox: 40, maxLingering: below(20), lingerMs: 300 };
  const server = await world.endpoint({ handlers, maxRunningHandlers: 1 + below(20) });
  const client = await world.endpoint(limits);
  const peer = client.peer(server.address);
  const settled: Settled[] = [];
  const faults: string[] = [];

  for (let token = 0; token < CALLS; token++) {
    const procedure = ['echo', 'echo', 'echo', 'slow', 'fail', 'none'][below(6)] ?? 'echo';
    const options = { timeoutMs: 1 + below(3_000), attempts: 1 + below(4) };
    const call = peer.call(procedure, [token], options);
    const calledAtMs = world.clock.nowMs();
    void call.then((outcome) => {
      settled.push({ token, call, outcome, afterMs: world.clock.nowMs() - calledAtMs });
    });
    if (below(10) === 0) world.clock.setTimeout(() => call.cancel('at random'), below(500));
    await world.clock.advance(below(60));
    faults.push(...world.imbalances());
  }
  if (below(4) > 0) await world.clock.advance(10_000);
  await world.clock.runUntil(Promise.all([client.close(), server.close()]));
  // The timers of this test itself: procedures that nobody waits for, calls that need no cancelling.
  await world.clock.advance(2_000);

  world.errors.splice(0);
  faults.push(...(await world.end()));
  if (settled.length !== CALLS) faults.push(`${settled.length} of ${CALLS} calls have an outcome`);
  for (const { token, call, outcome, afterMs } of settled) {
    reached.add(`${outcome.state}, then ${call.state}`);
    const runs = executions.get(token) ?? 0;
    const { procedure, timeoutMs } = call.context;
    const fault = (problem: string) => faults.push(`call ${token} (${procedure}): ${problem}`);
    if (afterMs > timeoutMs) fault(`its outcome came ${afterMs - timeoutMs} ms too late`);
    if (outcome.state === 'timedOut' && afterMs !== timeoutMs) fault('it timed out too early');
    if (runs > 1) fault(`it was executed ${runs} times`);
    if ('executed' in outcome && outcome.executed === 'no' && runs > 0) fault('it was executed');
    if (outcome.state === 'resolved' && (outcome.value !== token || runs !== 1)) {
      fault(`it resolved with ${String(outcome.value)} after ${runs} executions`);
    }
  }
  const { fates } = server.stats();
  for (const [fate, count] of [...Object.entries(fates), ...Object.entries(client.stats().fates)]) {
    if (count > 0) reached.add(fate);
  }
  return faults;
}

t.test(
  'over a bad network every call has one outcome in time, and runs at most once',
  async (t) => {
    const reached = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const faults = await faultsOf(seed, reached);
      if (faults.length > 0) t.strictSame(faults.slice(0, 10), [], `seed ${seed}`);
    }
    const expected = [
      ...['resolved, then resolved', 'cancelled, then cancelled', 'unsent, then unsent'],
      ...['timedOut, then late', 'timedOut, then lost', 'response.matched', 'response.late'],
      ...['response.duplicate', 'request.run', 'request.duplicate', 'request.replayed'],
      ...['request.refused.unknownProcedure', 'request.refused.overloaded'],
    ];
    const missed = expected.filter((what) => !reached.has(what));
    t.strictSame(missed, [], 'the schedules reach everything that can happen');
  },
);
