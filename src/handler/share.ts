/**
 * Share: how much of a bounded table one host, and one network, may hold. Without it, a single
 * sender with many ports could keep everybody else out.
 */
import type { Limits } from '../api/limits.js';
import type { OverloadedError } from '../errors.js';
import type { Origin } from './origin.js';
import { overloaded } from './refusal.js';
import type { Refusal } from './refusal.js';

export type ShareLimits = Pick<Limits, 'maxHostSharePercent' | 'maxNetworkSharePercent'>;

/** The limits of what is shared. */
type Shared = OverloadedError['limit'] & keyof Limits;

export class Share {
  readonly #of: Shared;
  readonly #limits: ShareLimits;
  readonly #most: { readonly host: number; readonly network: number };

  /**
   * @param of the limit that is shared, and `total` its value
   * @param least what a host may always have
   */
  constructor(of: Shared, total: number, limits: ShareLimits, least = 1) {
    const { maxHostSharePercent, maxNetworkSharePercent } = limits;
    const part = (percent: number) => Math.max(Math.floor((total * percent) / 100), least);
    this.#of = of;
    this.#limits = limits;
    this.#most = { host: part(maxHostSharePercent), network: part(maxNetworkSharePercent) };
  }

  /** The most that one network may hold. */
  get ofNetwork(): number {
    return this.#most.network;
  }

  /** Why this host, and its network, may not have one more; undefined if they may. */
  refusal(origin: Origin | undefined, held: 'claimed' | 'running'): Refusal | undefined {
    if (origin === undefined) return undefined;
    const { network } = origin;
    if (network === undefined) {
      return origin[held] < this.#most.network ? undefined : this.refusalOfNetwork;
    }
    if (origin[held] >= this.#most.host) return this.#refused('maxHostSharePercent');
    return this.refusal(network, held);
  }

  /** What a sender is told whose network has its share. */
  get refusalOfNetwork(): Refusal {
    return this.#refused('maxNetworkSharePercent');
  }

  #refused(limit: keyof ShareLimits): Refusal {
    return overloaded(limit, this.#limits[limit], this.#of);
  }
}
