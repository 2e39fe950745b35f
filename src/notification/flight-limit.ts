/**
 * Flight limit: how many notifications to one peer may be unacknowledged at a time.
 *
 * - It grows by what arrived where it was used, so that it doubles with each flight.
 * - It does not grow where the flight waited in a queue on its way, and halves where it waited long.
 * - It halves when nothing is acknowledged in time.
 */
import { HIGH_QUEUEING_DELAY_MS, LOW_QUEUEING_DELAY_MS, QueueingDelay } from './queueing-delay.js';

/** The round trip of a probe that was sent once. */
interface Sample {
  readonly roundTripMs: number;
  readonly nowMs: number;
}

export class FlightLimit {
  #value: number;
  readonly #most: number;
  readonly #queueingDelay = new QueueingDelay();
  /** How many of the unacknowledged were sent before there was no room for one more. */
  #sentBeforeFull = 0;
  /** How many were sent before the limit halved. They say nothing of the present limit. */
  #sentBeforeHalving = 0;

  /** @param most it grows no further */
  constructor(first: number, most: number) {
    this.#value = Math.min(first, most);
    this.#most = most;
  }

  get value(): number {
    return this.#value;
  }

  /** Whether there was no room for somebody, so that more may be tried. */
  get isWanted(): boolean {
    return this.#sentBeforeFull > 0;
  }

  /** There is no room for one more beside so many. */
  full(unacknowledged: number): void {
    this.#sentBeforeFull = unacknowledged;
  }

  /**
   * A probe was answered that covers so many, and leaves others.
   *
   * @param sample absent if the probe was repeated, so that its round trip is not known
   */
  answered(arrived: number, left: number, sample: Sample | undefined): void {
    const wasUsed = this.isWanted || 2 * arrived >= this.#value;
    const saysOfLimit = this.#sentBeforeHalving === 0;
    this.#pass(arrived);
    if (sample === undefined || !saysOfLimit) return;
    // One alone does not wait for others of its kind, so its round trip is that of the path.
    if (this.#value === 1 && arrived === 1) this.#queueingDelay.restart();
    const queueingMs = this.#queueingDelay.of(sample.roundTripMs, sample.nowMs);
    if (queueingMs > HIGH_QUEUEING_DELAY_MS) this.#halve(left);
    else if (wasUsed && queueingMs < LOW_QUEUEING_DELAY_MS) this.#grow(arrived, this.#most);
  }

  /** An old peer answered one itself. With such peers the limit grows up to `window`. */
  answeredOne(window: number): void {
    this.#pass(1);
    this.#grow(1, Math.min(window, this.#most));
  }

  /** What is unacknowledged counts as lost. */
  lost(): void {
    this.#halve(0);
    this.#sentBeforeFull = 0;
  }

  #halve(unacknowledged: number): void {
    this.#value = Math.max(Math.floor(this.#value / 2), 1);
    this.#sentBeforeHalving = unacknowledged;
  }

  #grow(by: number, most: number): void {
    this.#value = Math.min(this.#value + by, Math.max(most, this.#value));
  }

  /** They arrive in the order in which they were sent, or are lost. */
  #pass(arrived: number): void {
    this.#sentBeforeFull = Math.max(this.#sentBeforeFull - arrived, 0);
    this.#sentBeforeHalving = Math.max(this.#sentBeforeHalving - arrived, 0);
  }
}
