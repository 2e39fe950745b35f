/** One direction between two hosts: what happens to the datagrams that go that way. */
import { inspect } from 'node:util';
import { requireOptions } from '../option-table.js';
import type { OptionRow, OptionTable } from '../option-table.js';
import { mapRows } from '../vocabulary.js';
import type { SeededRandom } from './random.js';

/**
 * A number for a delay that is always the same; else drawn evenly from `min` to `max`, or `min` and on top
 * an exponential delay of this mean. Finite, 0 or more, `max` no less than `min`.
 */
export type DelayMs =
  | number
  | { readonly min: number; readonly max: number }
  | { readonly min: number; readonly exponentialMean: number };

/** What happens to datagrams on their way, in one direction. Rates are shares, 0 to 1. */
export interface LinkConditions {
  /** The share of datagrams that get lost. Default 0. */
  readonly lossRate: number;
  /** The share of datagrams that arrive twice. Default 0. */
  readonly duplicationRate: number;
  /**
   * The share of datagrams that arrive changed: a bit flipped, a byte replaced or the end cut off.
   * UDP's checksum lets one in 65,536 of those pass, and none where it is switched off. Default 0.
   */
  readonly corruptionRate: number;
  /**
   * How long a datagram travels, in milliseconds. Default 1 ms. Whatever varies also reorders: who
   * travels shorter arrives first.
   */
  readonly delayMs: DelayMs;
  /**
   * How many datagrams may be under way at once, an integer from 0; the next is lost, as in a full queue.
   * Default Infinity.
   */
  readonly maxInFlight: number;
  /**
   * The largest payload that gets through, in bytes, an integer from 0; larger ones are lost, as where
   * fragments are dropped: 1,472 is an Ethernet path without fragments, over IPv4. Default Infinity.
   */
  readonly maxDatagramBytes: number;
}

/** Every condition: what it is on a link without faults, and what it can be. */
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
 * The conditions that were given, checked; for the rest those of `standard`.
 *
 * @throws OptionError naming the condition, its bounds and the value.
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
  /** Datagrams that would arrive before this time wait for it. */
  cloggedUntilMs = 0;
  inFlight = 0;
  /** Whether the test has said anything about it; one that is idle and was not can be made anew. */
  configured = false;

  readonly #random: SeededRandom;

  constructor(conditions: LinkConditions, random: SeededRandom) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** What becomes of a datagram that is sent now: why it is lost, or how many copies arrive. */
  admit(datagram: Uint8Array): LossReason | { copies: number; corrupted: boolean } {
    const { lossRate, duplicationRate, corruptionRate, maxInFlight, maxDatagramBytes } =
      this.conditions;
    // All are drawn for every datagram, so that a rate of 0 does not shift what follows.
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

  /** A changed copy of a datagram; an empty one has nothing to change. */
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
