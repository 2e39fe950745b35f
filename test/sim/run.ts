/**
 * Runs one seed. First faults strike while calls are made (safety). Then everything is healed, and
 * everything must work again (liveness). Then everything is closed, and nothing may be left
 * (quiescence).
 */
import type { Coverage } from './coverage.js';
import { watchRoundTrips } from './invariants/pace.js';
import { ordinarySettings } from './plan.js';
import { startNotifications } from './notifications.js';
import type { NodePlan, Plan, Settings } from './plan.js';
import { heal, startStrikes } from './strikes.js';
import { makeCall, startWorkload } from './workload.js';
import { World } from './world.js';
import type { Problem } from './world.js';

/** Gets every line of the log. */
export type Trace = (line: string) => void;

export interface SeedResult {
  readonly seed: number;
  /** SHA-256 of the log: the same for the same seed and code. */
  readonly hash: string;
  readonly events: number;
  readonly coverage: Coverage;
  readonly plan: Plan;
  readonly failure: Problem | undefined;
  /** The last lines of the log. */
  readonly lastEvents: readonly string[];
}

/**
 * After this time no machine is suspended any more, no call is open, nothing lingers or runs, and
 * no request is remembered.
 */
const CALMING_DOWN_MS = 110_000;
/** Faults go on for this long after the last call. */
const AFTERMATH_MS = 1_000;

export async function runSeed(
  seed: number,
  settings: Settings = ordinarySettings('short'),
  trace?: Trace,
): Promise<SeedResult> {
  const world = new World({ seed, settings, trace });
  const unwatch = watchRoundTrips(world);
  try {
    await live(world);
  } catch (error) {
    world.problem('I0', `something threw: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    unwatch();
  }
  return {
    seed,
    lastEvents: world.log.last(),
    events: world.log.lines,
    hash: world.log.digest(),
    coverage: world.coverage,
    plan: world.plan,
    failure: world.failure,
  };
}

async function live(world: World): Promise<void> {
  const { calls, callIntervalMs } = world.plan;
  await world.open();
  startWorkload(world);
  startNotifications(world);
  startStrikes(world);
  await settle(world);
  await world.run(calls * callIntervalMs + AFTERMATH_MS);
  if (world.hasFailed()) return;
  await heal(world);
  await world.run(CALMING_DOWN_MS);
  if (!world.hasFailed()) world.rest();
  if (!world.hasShortIds) await expectRecovery(world);
  if (!world.hasShortIds && world.plan.named) await expectNames(world);
  await expectQuiet(world);
}

/** Lets promises continue after something was done outside of a timer. */
async function settle(world: World): Promise<void> {
  await world.clock.advance(0);
  world.inspect();
}

/** Liveness: when nothing goes wrong any more, every call succeeds. */
async function expectRecovery(world: World): Promise<void> {
  const { dice, endpoints } = world;
  const targets = world.peers.filter((peer) => peer.kind === 'old' || hasRoom(peer.plan));
  if (targets.length === 0) return;
  for (let left = world.plan.callsAfterHealing; left > 0 && !world.hasFailed(); left--) {
    const caller = dice.pick(endpoints);
    const target = dice.pick(targets);
    const made = makeCall(world, caller, target, 'add', [], { timeoutMs: 5_000 });
    if (made === undefined) {
      world.problem('L1', `${caller.name} could not take one more call after healing`);
      return;
    }
    await settle(world);
    while (made.outcome === undefined && !world.hasFailed()) await world.step();
    if (made.outcome !== undefined && made.outcome.state !== 'resolved') {
      world.problem(
        'L1',
        `${made.token} to ${target.name} was ${made.outcome.state} after healing`,
      );
    }
  }
}

/**
 * How many calls by a name are made to find its peer. Three may be lost at a wrong address, if a
 * forger was heard there. One is refused where none may wait for the look-up.
 */
const CALLS_TO_FIND = 5;
/** Longer than a look-up takes. */
const BETWEEN_CALLS_MS = 3_000;

/** Liveness: a name is found again, whatever it meant before. */
async function expectNames(world: World): Promise<void> {
  // A table for one peer has no room for another address while calls to the first one linger.
  const callers = world.endpoints.filter(({ plan }) => !plan.oddOptions.includes('tinyPeerTable'));
  if (callers.length === 0) return;
  const caller = world.dice.pick(callers);
  const targets = world.peers.filter((peer) => peer.kind === 'old' || hasRoom(peer.plan));
  for (const target of targets) {
    for (let left = CALLS_TO_FIND; ; left--) {
      if (left === 0) world.problem('L3', `${caller.name} did not find ${target.name} by its name`);
      if (world.hasFailed()) return;
      const made = makeCall(world, caller, target, 'add', [], { timeoutMs: 5_000 }, true);
      await settle(world);
      while (made?.outcome === undefined && !world.hasFailed() && (await world.step()));
      if (made?.outcome?.state === 'resolved') break;
      await world.run(BETWEEN_CALLS_MS);
    }
  }
}

/** Whether an endpoint can remember all its callers, which it must before it runs a procedure. */
function hasRoom({ oddOptions }: NodePlan): boolean {
  if (oddOptions.includes('tinyPeerTable')) return false;
  return !oddOptions.includes('strict') || !oddOptions.includes('tinyReplyMemory');
}

/** Quiescence: every endpoint closes, and nothing is left. */
async function expectQuiet(world: World): Promise<void> {
  for (const node of world.endpoints) {
    if (world.hasFailed()) return;
    const seen = { closed: false };
    void node.close().then(() => {
      seen.closed = true;
    });
    await settle(world);
    while (!seen.closed && !world.hasFailed()) {
      if (await world.step()) continue;
      world.problem('I12', `${node.name} never finished closing`);
    }
  }
  for (const peer of world.oldPeers) await peer.close();
  while (!world.hasFailed() && (await world.step()));
  world.end();
}
