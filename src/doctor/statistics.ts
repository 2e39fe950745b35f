/** Statistics: what a few hundred probes tell about a rate, and about times. */

/** The quantile of the normal distribution that leaves 2.5 % on each side: 95 % confidence. */
const Z = 1.959964;

/** Shares from 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % confidence interval of a share of which `count` of `total` were seen: the score interval
 * of E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
 * of the American Statistical Association 22 (1927). It also holds for few trials and rare events.
 * Of no trials it says nothing: from 0 to 1.
 */
export function wilsonInterval(count: number, total: number): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const share = count / total;
  const weight = 1 / (1 + Z ** 2 / total);
  const centre = weight * (share + Z ** 2 / (2 * total));
  const half = weight * Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * A careful guess of a share, never 0 or 1: its mean under the prior of H. Jeffreys, "An invariant
 * form for the prior probability in estimation problems" (1946).
 */
export function likelyShare(count: number, total: number): number {
  return (count + 0.5) / (total + 1);
}

/** The value that this share of the values does not exceed (nearest rank); of none, undefined. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** How sure it shall be that a size does not pass, when none of its probes was answered. */
const MAX_DOUBT = 0.001;
/** What a datagram of Ethernet without a fragment carries: 1,500 − 20 (IPv4) − 8 (UDP) bytes. */
const FRAGMENT_BYTES = 1_472;

/**
 * How many probes of this size must stay unanswered to say that the size is the reason, if
 * `lossRate` of small datagrams is lost: a large one is lost when any of its fragments is. Infinity
 * if no number would do.
 */
export function probesToBeSure(bytes: number, lossRate: number): number {
  const fragments = Math.max(1, Math.ceil(bytes / FRAGMENT_BYTES));
  const lossOfOne = 1 - (1 - lossRate) ** fragments;
  return lossOfOne >= 1 ? Infinity : Math.ceil(Math.log(MAX_DOUBT) / Math.log(lossOfOne));
}
