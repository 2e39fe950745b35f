/** Strikes: faults that strike from time to time, and their end. */
import { makeBurst } from './workload.js';
import type { Dice } from './dice.js';
import { replay, strikeOffPath, strikeOnPath } from './attacker.js';
import type { Strike } from './plan.js';
import { STRIKES } from './plan.js';
import type { World } from './world.js';

/** The longest mean duration of a partition or clog. */
const MEAN_TROUBLE_MS = 1_500;

/** Begins to strike, each fault at its own interval. After healing nothing strikes. */
export function startStrikes(world: World): void {
  for (const strike of STRIKES) {
    const meanMs = world.plan.intervals[strike];
    if (meanMs === Infinity) continue;
    const dice = world.dice.fork(`strike ${strike}`);
    const next = (): void => {
      if (world.healed) return;
      if (STRIKE[strike](world, dice)) {
        world.coverage.reach(`strike:${strike}`);
        world.log.add(`strike ${strike}`);
      }
      world.clock.setTimeout(next, dice.exponential(meanMs));
    };
    world.clock.setTimeout(next, dice.exponential(meanMs));
  }
  if (world.plan.mode === 'swizzleClog' && !world.plan.settings.without.has('clog')) {
    swizzle(world, world.dice.fork('swizzle'));
  }
}

/** Each returns whether there was something to strike. */
const STRIKE: Readonly<Record<Strike, (world: World, dice: Dice) => boolean>> = {
  partition: (world, dice) => {
    const [a, b] = dice.shuffle(world.peers);
    if (a === undefined || b === undefined) return false;
    if (dice.chance(0.5)) world.network.partition(a.host, b.host);
    else world.network.partitionOneWay(a.host, b.host);
    world.clock.setTimeout(() => {
      world.network.heal(a.host, b.host);
    }, dice.exponential(MEAN_TROUBLE_MS));
    return true;
  },
  clog: (world, dice) => {
    const [a, b] = dice.shuffle(world.peers);
    if (a === undefined || b === undefined) return false;
    world.network.clog(a.host, b.host, dice.exponential(MEAN_TROUBLE_MS));
    return true;
  },
  replay,
  rebind: (world, dice) => {
    const node = dice.pick(world.endpoints);
    if (!node.ready) return false;
    void node.rebind();
    return true;
  },
  crash: (world, dice) => {
    const node = dice.pick(world.endpoints);
    if (!node.alive) return false;
    node.crash();
    void reopen(world, node, dice.exponential(500));
    return true;
  },
  close: (world, dice) => {
    const node = dice.pick(world.endpoints);
    if (!node.ready) return false;
    const delayMs = dice.exponential(500);
    const graceMs = dice.chance(0.3) ? dice.pick([0, 300, 3_000]) : undefined;
    const ending = { drains: dice.chance(0.3), graceMs };
    void node.close(ending).then(() => reopen(world, node, delayMs));
    return true;
  },
  stall: (world, dice) => {
    const node = dice.pick(world.endpoints);
    if (!node.ready) return false;
    const order = dice.pick(['timersFirst', 'messagesFirst'] as const);
    // What it has just sent may still wait for the end of the turn.
    if (dice.chance(0.5)) makeBurst(world, { caller: node, target: dice.pick(world.peers) });
    node.life.clock.stall(dice.pick([30, 300, 1_000, 3_000]) * dice.between(0.5, 1), order);
    world.coverage.reach(`wake:${order}`);
    return true;
  },
  suspend: (world, dice) => {
    const node = dice.pick(world.endpoints);
    if (!node.ready) return false;
    const order = dice.pick(['timersFirst', 'messagesFirst'] as const);
    // Most are so long that peers may forget what they ran before.
    node.life.clock.suspend(dice.pick([1_000, 15_000, 22_000]) * dice.between(1, 2), order);
    return true;
  },
  downgrade: (world, dice) => {
    const node = dice.pick(world.endpoints);
    if (!node.ready) return false;
    void node.downgrade();
    void reopen(world, node, dice.exponential(2 * MEAN_TROUBLE_MS));
    // Endpoints that know it call it before they can notice the change.
    makeBurst(world, { caller: dice.pick(world.endpoints), target: node });
    return true;
  },
  offPathAttacker: strikeOffPath,
  onPathAttacker: strikeOnPath,
};

async function reopen(
  world: World,
  node: World['endpoints'][number],
  delayMs: number,
): Promise<void> {
  await new Promise<void>((resolve) => {
    world.clock.setTimeout(resolve, delayMs);
  });
  // If it crashed while it was closing, it may be back already.
  if (!node.alive && !node.opening) await node.open();
}

/** Blocks all links of one peer after the other, and releases them in another order. */
function swizzle(world: World, dice: Dice): void {
  const struck = dice.shuffle(world.peers).filter(() => dice.chance(0.7));
  const untilMs = dice.between(1_000, 4_000);
  for (const { host } of struck) {
    const fromMs = dice.between(0, untilMs);
    const freeMs = untilMs + dice.between(0, 4_000);
    world.clock.setTimeout(() => {
      for (const other of world.peers) {
        world.network.clog(host, other.host, freeMs - fromMs);
        world.network.clog(other.host, host, freeMs - fromMs);
      }
    }, fromMs);
  }
}

/** Makes the network perfect and brings all peers back. */
export async function heal(world: World): Promise<void> {
  world.healed = true;
  world.log.add('healed');
  for (const { host: from } of world.peers) {
    for (const { host: to } of world.peers) {
      world.network.setLink(from, to, {});
      world.network.heal(from, to);
      world.network.clog(from, to, 0);
    }
  }
  for (const node of world.endpoints) {
    if (!node.alive && !node.opening) await node.open();
  }
}
