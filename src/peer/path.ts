/**
 * The path to a peer, as its calls find it: how long an answer takes, and how many calls it bears at a time.
 */
import type { CallContext } from '../api/call-snapshot.js';
import type { Outcome } from '../api/outcome.js';
import { blamesPeer } from '../api/verdict.js';
import type { Clock } from '../time/clock.js';
import { RoundTrip } from '../call/round-trip.js';
import { Window } from './window.js';
import type { WindowLimits } from './window.js';

export class Path {
  /** The calls in flight. */
  readonly window: Window;
  readonly #roundTrip = new RoundTrip();
  readonly #clock: Clock;
  #shrunkAtMs = -Infinity;

  constructor(limits: WindowLimits, clock: Clock) {
    this.window = new Window(limits);
    this.#clock = clock;
  }

  /** The smoothed round-trip time; undefined as long as nothing is known. */
  get roundTripMs(): number | undefined {
    return this.#roundTrip.smoothedMs(this.#clock.nowMs());
  }

  /** How long to wait for an answer before the request is sent again. */
  rtoMs(nowMs: number): number {
    return this.#roundTrip.rtoMs(nowMs);
  }

  /** No answer came within `waitedMs` to what was sent at `sentAtMs`. */
  unanswered(waitedMs: number, sentAtMs: number): void {
    this.#roundTrip.backOff(waitedMs);
    this.#shrink(sentAtMs);
  }

  /** What was first sent at `sentAtMs` did not get lost: the peer is at work on it. */
  forgive(sentAtMs: number): void {
    if (this.#shrunkAtMs < sentAtMs) return;
    this.#roundTrip.forgiveBackOff();
    this.window.forgiveShrinking();
  }

  /** Learns from how a call ended. */
  learnFrom(call: CallContext, outcome: Outcome): void {
    switch (outcome.state) {
      case 'resolved':
        this.#sample(call, outcome.rttMs);
        this.window.grow();
        break;
      case 'rejected':
        this.#sample(call, outcome.rttMs);
        if (outcome.error.code === 'overloaded') this.#shrink(call.sentAtMs);
        else this.window.grow();
        break;
      case 'timedOut':
        if (blamesPeer(outcome.verdict) && !call.workingHeard) this.#shrink(call.sentAtMs);
        break;
      case 'cancelled':
      case 'unsent':
        break;
    }
  }

  /** Learns from an answer that came after the time-out: the path is slower than its calls allow for. */
  learnFromLate(call: CallContext): void {
    const { calledAtMs, sentAtMs = calledAtMs, timeoutMs, lateByMs = 0 } = call;
    this.#sample(call, calledAtMs + timeoutMs + lateByMs - sentAtMs);
  }

  /**
   * One loss and many, on a path that was full, mean the same: what was sent before the window shrank says
   * nothing about the window since (RFC 9002, section 7.3.2, has it so as well).
   */
  #shrink(sentAtMs = -Infinity): void {
    if (sentAtMs < this.#shrunkAtMs) return;
    this.#shrunkAtMs = this.#clock.nowMs();
    this.window.shrink();
  }

  /** Karn's rule: of a call that was sent twice, nobody knows which of the two was answered. */
  #sample({ attempt, sentAtMs = 0, workingHeard }: CallContext, rttMs: number): void {
    if (attempt > 1 || workingHeard) this.#roundTrip.limitBackOff(rttMs);
    else this.#roundTrip.sample(rttMs, sentAtMs + rttMs);
  }
}
