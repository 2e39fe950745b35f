/** Link: one direction between two hosts, and what happens to its datagrams. */
import { inspect } from 'node:util';
import { requireOptions } from '../option-table.js';
import type { OptionRow, OptionTable } from '../option-table.js';
import { mapRows } from '../vocabulary.js';
import type { SeededRandom } from './random.js';

/**
 * A delay in milliseconds: a number for a constant delay, `min` and `max` for a uniform
 * distribution, or `min` plus an exponential distribution with the mean `exponentialMean`. All
 * numbers are finite and at least 0, and `max` is at least `min`.
 */
export type DelayMs =
  | number
  | { readonly min: number; readonly max: number }
  | { readonly min: number; readonly exponentialMean: number };

/** The conditions of one direction between two hosts. Rates are shares from 0 to 1. */
export interface LinkConditions {
  /** The share of datagrams that are lost. Default 0. */
  readonly lossRate: number;
  /** The share of datagrams that arrive twice. Default 0. */
  readonly duplicationRate: number;
  /**
   * The share of datagrams that arrive changed: a bit is flipped, a byte is replaced or the end is
   * cut off. Default 0. In reality, the checksum of UDP finds all but about one in 65,536 of them,
   * or none if it is switched off.
   */
  readonly corruptionRate: number;
  /**
   * How long a datagram travels, in milliseconds. Default 1. If the delay varies, datagrams are
   * also reordered.
   */
  readonly delayMs: DelayMs;
  /**
   * The most datagrams in flight at a time, an integer from 0. Further datagrams are lost, as in a
   * full queue. Default Infinity.
   */
  readonly maxInFlight: number;
  /**
   * The largest payload that arrives, in bytes, an integer from 0. Larger ones are lost, as on a
   * path that drops fragments. For Ethernet without fragments and IPv4 it is 1,472. Default
   * Infinity.
   */
  readonly maxDatagramBytes: number;
}

/** Every condition: its value on a link without faults, and its check. */
const CONDITIONS = {
  lossRate: condition(0, 'a share from 0 to 1', isShare),
  duplicationRate: condition(0, 'a share from 0 to 1', isShare),
  corruptionRate: condition(0, 'a share from 0 to 1', isShare),
  delayMs: condition(1, 'a number from 0, { min, max } or { min, exponentialMean }', isDelay),
  maxInFlight: condition(Infinity, 'an integer from 0, or Infinity', isCount),
  maxDatagramBytes: condition(Infinity, 'an integer from 0, or Infinity', isCount),
} satisfies OptionTable<LinkConditions>;

/** A link without faults. */
export const PERFECT_LINK: LinkConditions = Object.freeze(
  mapRows(CONDITIONS, ({ standard }) => standard),
);

/**
 * Checks the given conditions and takes the others from `standard`.
 *
 * @throws OptionError that names the condition, its bounds and its value.
 */
export function conditionsOf(
  given: Partial<LinkConditions>,
  standard: LinkConditions,
  owner: string,
): LinkConditions {
  requireOptions<Partial<LinkConditions>>(CONDITIONS, given, owner);
  const set = Object.entries<unknown>(given).filter(([, value]) => value !== undefined);
  return { ...standard, ...Object.fromEntries(set) };
}

function condition<Standard>(
  standard: Standard,
  wanted: string,
  isSound: (value: unknown) => boolean,
): OptionRow<Standard> {
  const problem = (value: unknown) =>
    isSound(value) ? undefined : `must be ${wanted}, but is ${inspect(value)}`;
  return { standard, problem };
}

function isShare(rate: unknown): boolean {
  return isFiniteFrom0(rate) && rate <= 1;
}

function isCount(most: unknown): boolean {
  return most === Infinity || (Number.isInteger(most) && (most as number) >= 0);
}

function isDelay(delayMs: unknown): boolean {
  if (typeof delayMs !== 'object' || delayMs === null) return isFiniteFrom0(delayMs);
  const { min, max, exponentialMean, ...others } = delayMs as Readonly<Record<string, unknown>>;
  if (!isFiniteFrom0(min) || Object.keys(others).length > 0) return false;
  if (exponentialMean === undefined) return isFiniteFrom0(max) && max >= min;
  return max === undefined && isFiniteFrom0(exponentialMean);
}

function isFiniteFrom0(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Why a datagram did not arrive. */
export type LossReason = 'loss' | 'partition' | 'capacity' | 'tooLarge' | 'nobodyListens';

/** One direction between two hosts. */
export class Link {
  conditions: LinkConditions;
  partitioned = false;
  /** Datagrams that would arrive before this time arrive at this time. */
  cloggedUntilMs = 0;
  inFlight = 0;
  /** Whether the test configured it. An idle link that was not configured need not be kept. */
  configured = false;

  readonly #random: SeededRandom;

  constructor(conditions: LinkConditions, random: SeededRandom) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** Decides about a datagram that is sent now: why it is lost, or how many copies arrive. */
  admit(datagram: Uint8Array): LossReason | { copies: number; corrupted: boolean } {
    const { lossRate, duplicationRate, corruptionRate, maxInFlight, maxDatagramBytes } =
      this.conditions;
    // All numbers are drawn for every datagram, so that a rate of 0 does not change later draws.
    const isLost = this.#random.unit() < lossRate;
    const isDuplicated = this.#random.unit() < duplicationRate;
    const corrupted = this.#random.unit() < corruptionRate;
    if (this.partitioned) return 'partition';
    if (isLost) return 'loss';
    if (datagram.length > maxDatagramBytes) return 'tooLarge';
    if (this.inFlight >= maxInFlight) return 'capacity';
    return { copies: isDuplicated ? 2 : 1, corrupted };
  }

  /** How long one copy travels from now on. */
  drawDelayMs(): number {
    const { delayMs } = this.conditions;
    const unit = this.#random.unit();
    if (typeof delayMs === 'number') return delayMs;
    if ('max' in delayMs) return delayMs.min + unit * (delayMs.max - delayMs.min);
    return delayMs.min - Math.log(1 - unit) * delayMs.exponentialMean;
  }

  /** A changed copy of a datagram. An empty datagram is not changed. */
  corrupt(datagram: Buffer): Buffer {
    const kind = Math.floor(this.#random.unit() * 3);
    const index = Math.floor(this.#random.unit() * datagram.length);
    const change = 1 + Math.floor(this.#random.unit() * 255);
    if (datagram.length === 0) return datagram;
    if (kind === 2) return Buffer.from(datagram.subarray(0, index));
    const copy = Buffer.from(datagram);
    copy[index] = (copy[index] ?? 0) ^ (kind === 0 ? 1 << (change & 7) : change);
    return copy;
  }
}
