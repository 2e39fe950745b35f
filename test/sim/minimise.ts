/** Minimise: finds out which classes of faults a failure needs, by leaving them out one by one. */
import { FAULT_CLASSES } from './plan.js';
import type { FaultClass, Settings } from './plan.js';
import { runSeed } from './run.js';
import type { SeedResult } from './run.js';

export interface Minimised {
  /** The classes that cannot be left out. */
  readonly needed: readonly FaultClass[];
  /** The failure without the other classes. */
  readonly result: SeedResult;
}

/** Leaves out each class of faults without which the seed still breaks the same invariant. */
export async function minimise(failed: SeedResult): Promise<Minimised> {
  let result = failed;
  for (const fault of FAULT_CLASSES) {
    const { settings } = result.plan;
    if (settings.without.has(fault)) continue;
    const fewer: Settings = { ...settings, without: new Set([...settings.without, fault]) };
    const without = await runSeed(failed.seed, fewer);
    if (without.failure?.invariant === failed.failure?.invariant) result = without;
  }
  const { without } = result.plan.settings;
  return { needed: FAULT_CLASSES.filter((fault) => !without.has(fault)), result };
}
