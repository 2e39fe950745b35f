/**
 * Traffic: how many calls ended between an endpoint and a peer in the last two minutes, and how many
 * transmissions of their requests no answer followed.
 */
import { Recent } from './recent.js';
import type { TimeRange } from './time-range.js';

export interface TrafficCounts {
  readonly calls: number;
  /** How often their requests were sent. */
  readonly transmissions: number;
  /** How many of these transmissions no answer followed, whichever way it was lost. */
  readonly unanswered: number;
}

export interface TrafficMeasure {
  readonly callsPerSecond: number;
  /** The share of unanswered transmissions; undefined if there were too few to tell. */
  readonly loss: number | undefined;
}

const PERIOD_MS = 2_000;
const MAX_PERIODS = 60;

/** Of fewer transmissions, one that is lost says too little. */
const MIN_TRANSMISSIONS = 10;

type Period = { -readonly [Name in keyof TrafficCounts]: number } & { readonly startMs: number };

export class Traffic {
  readonly #periods = new Recent<Period>(MAX_PERIODS);

  /** The counts may be below 0: a late answer takes back what was counted as unanswered. */
  add(atMs: number, { calls, transmissions, unanswered }: TrafficCounts): void {
    const period = this.#periodOf(atMs);
    period.calls += calls;
    period.transmissions += transmissions;
    period.unanswered += unanswered;
  }

  /** What there was in this range, which begins earlier if a period does. */
  over({ fromMs, toMs }: TimeRange): TrafficMeasure {
    const startMs = startOf(fromMs);
    let calls = 0;
    let transmissions = 0;
    let unanswered = 0;
    for (const period of this.#periods.items()) {
      if (period.startMs < startMs || period.startMs > toMs) continue;
      calls += period.calls;
      transmissions += period.transmissions;
      unanswered += period.unanswered;
    }
    const seconds = Math.max(PERIOD_MS, toMs - startMs) / 1_000;
    return {
      callsPerSecond: calls / seconds,
      loss:
        transmissions < MIN_TRANSMISSIONS
          ? undefined
          : Math.min(1, Math.max(0, unanswered / transmissions)),
    };
  }

  #periodOf(atMs: number): Period {
    const startMs = startOf(atMs);
    const last = this.#periods.last();
    // Records come almost in the order of time. One that is a little behind counts with the latest.
    if (last !== undefined && last.startMs >= startMs && last.startMs - startMs <= PERIOD_MS) {
      return last;
    }
    const period = { startMs, calls: 0, transmissions: 0, unanswered: 0 };
    this.#periods.add(period);
    return period;
  }
}

function startOf(atMs: number): number {
  return Math.floor(atMs / PERIOD_MS) * PERIOD_MS;
}
