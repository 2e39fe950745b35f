/** Lane: one direction of a slow link. What it carries arrives late and in order, or is lost. */
import type { Clock, Random } from 'rpcudp';

export interface LaneConditions {
  readonly bytesPerSecond: number;
  /** How long each datagram travels once it has left. */
  readonly delayMs: number;
  /** The share of datagrams that is lost, from 0 to 1. */
  readonly lossRate: number;
}

/** The most datagrams on the lane. More are lost, as where a router's queue is full. */
const MOST_ON_LANE = 64;

interface Carried {
  readonly dueMs: number;
  readonly deliver: () => void;
}

export class Lane {
  readonly #conditions: LaneConditions;
  readonly #random: Random;
  readonly #clock: Clock;
  /** In order. Bounded by MOST_ON_LANE. */
  readonly #carried: Carried[] = [];
  #freeAtMs = 0;
  #timer: unknown;
  #isClosed = false;

  constructor(conditions: LaneConditions, random: Random, clock: Clock) {
    this.#conditions = conditions;
    this.#random = random;
    this.#clock = clock;
  }

  /** Calls `deliver` when a datagram of this size has arrived, or never. */
  carry(bytes: number, deliver: () => void): void {
    const { bytesPerSecond, delayMs, lossRate } = this.#conditions;
    const isLost = this.#random.unit() < lossRate;
    if (isLost || this.#isClosed || this.#carried.length >= MOST_ON_LANE) return;
    const freeAtMs = Math.max(this.#freeAtMs, this.#clock.nowMs());
    this.#freeAtMs = freeAtMs + (1_000 * bytes) / bytesPerSecond;
    this.#carried.push({ dueMs: this.#freeAtMs + delayMs, deliver });
    this.#timer ??= this.#wait();
  }

  /** Nothing arrives any more. */
  close(): void {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#timer);
    this.#carried.length = 0;
  }

  #wait(): unknown {
    const [next] = this.#carried;
    if (next === undefined) return undefined;
    return this.#clock.setTimeout(() => this.#arrive(), next.dueMs - this.#clock.nowMs());
  }

  #arrive(): void {
    const nowMs = this.#clock.nowMs();
    while ((this.#carried[0]?.dueMs ?? Infinity) <= nowMs) this.#carried.shift()?.deliver();
    this.#timer = this.#wait();
  }
}
