/**
 * Path: what the calls to a peer show about the path to it: how long an answer takes, and how many
 * calls the path can carry at a time. A call that an earlier process sent shows nothing.
 */
import type { CallContext } from '../api/call-snapshot.js';
import type { Outcome } from '../api/outcome.js';
import { blamesPeer } from '../api/verdict.js';
import type { Clock } from '../time/clock.js';
import type { FirstRoundTrips } from '../call/first-round-trips.js';
import { RoundTrip } from '../call/round-trip.js';
import { Window } from './window.js';
import type { WindowLimits } from './window.js';

export class Path {
  /** The calls that have a place in the window. */
  readonly window: Window;
  readonly #roundTrip: RoundTrip;
  readonly #clock: Clock;
  #shrunkAtMs = -Infinity;

  constructor(limits: WindowLimits, clock: Clock, firstRoundTrips: FirstRoundTrips) {
    this.window = new Window(limits);
    this.#roundTrip = new RoundTrip(firstRoundTrips);
    this.#clock = clock;
  }

  get roundTripMs(): number | undefined {
    return this.#roundTrip.smoothedMs(this.#clock.nowMs());
  }

  rtoMs(nowMs: number): number {
    return this.#roundTrip.rtoMs(nowMs);
  }

  estimatedRtoMs(nowMs: number): number {
    return this.#roundTrip.estimatedRtoMs(nowMs);
  }

  unanswered(waitedMs: number, sentAtMs: number): void {
    this.#roundTrip.backOff(waitedMs);
    this.#shrink(sentAtMs);
  }

  /** The request that was first sent at `sentAtMs` was not lost: the peer is working on it. */
  forgive(sentAtMs: number): void {
    if (this.#shrunkAtMs < sentAtMs) return;
    this.#roundTrip.forgiveBackOff();
    this.window.forgiveShrinking();
  }

  learnFrom(call: CallContext, outcome: Outcome): void {
    if (call.attemptsBefore > 0) return;
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
        // A call that was not sent says nothing about the path.
        if (call.attempt === 0) break;
        if (blamesPeer(outcome.verdict) && !call.workingHeard) this.#shrink(call.sentAtMs);
        break;
      case 'cancelled':
      case 'unsent':
        break;
    }
  }

  /** Learns from an answer after the time-out: the path is slower than the time-outs assume. */
  learnFromLate(call: CallContext): void {
    if (call.attemptsBefore > 0) return;
    const { calledAtMs, sentAtMs = calledAtMs, timeoutMs, lateByMs = 0 } = call;
    this.#sample(call, calledAtMs + timeoutMs + lateByMs - sentAtMs);
  }

  /** A notification was answered, as a call is, `rttMs` after it was sent. */
  measured(rttMs: number, nowMs: number): void {
    this.#roundTrip.sample(rttMs, nowMs);
  }

  /**
   * Halves the window once for all losses of one congestion event: a loss of something that was
   * sent before the window last shrank says nothing about the current window (as in RFC 9002,
   * section 7.3.2).
   */
  #shrink(sentAtMs = -Infinity): void {
    if (sentAtMs < this.#shrunkAtMs) return;
    this.#shrunkAtMs = this.#clock.nowMs();
    this.window.shrink();
  }

  /** Karn's rule: for a call that was sent twice, it is unknown which transmission was answered. */
  #sample({ attempt, sentAtMs = 0, workingHeard }: CallContext, rttMs: number): void {
    if (attempt > 1 || workingHeard) this.#roundTrip.limitBackOff(rttMs);
    else this.#roundTrip.sample(rttMs, sentAtMs + rttMs);
  }
}
