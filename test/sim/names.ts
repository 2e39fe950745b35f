/**
 * Names: the host names of the world's peers, and what they mean. While faults strike, a name may
 * be without an address, or have one where nobody listens. After healing the address of its peer is
 * among those that it has.
 */
import type { Lookup } from '../../src/address/lookup.js';
import type { World } from './world.js';

/** Nobody ever listens here. */
const NOBODY_HOST = '10.9.9.8';

const SUFFIX = '.sim';
/** The longest that a look-up takes, in milliseconds. */
const LONGEST_MS = 2_000;

/** The host name of a peer. */
export function hostNameOf({ name }: { readonly name: string }): string {
  return name + SUFFIX;
}

/** The resolver of the endpoints of a world. */
export function lookupIn(world: World): Lookup {
  const dice = world.dice.fork('lookup');
  return async (hostName) => {
    const delayMs = dice.between(0, LONGEST_MS);
    if (dice.chance(0.3)) {
      await new Promise<void>((resolve) => {
        world.clock.setTimeout(resolve, delayMs);
      });
    }
    const host = world.peers.find((peer) => hostNameOf(peer) === hostName)?.host ?? NOBODY_HOST;
    const drawn = dice.pick(MEANINGS);
    world.coverage.reach(`lookup:${drawn}`);
    if (!world.healed && drawn === 'failed') throw new Error(`${hostName} is not known`);
    if (!world.healed && drawn === 'elsewhere') return NOBODY_HOST;
    return drawn === 'second' ? [NOBODY_HOST, host] : [host, NOBODY_HOST];
  };
}

/** What a look-up may give: no address, a wrong one, or the right one as the first or the second. */
const MEANINGS = ['failed', 'elsewhere', 'first', 'second'] as const;
