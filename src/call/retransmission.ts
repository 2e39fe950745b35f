/** Retransmission: when the request of one call is sent again, and how long this is safe. */
import { nextGapMs } from './backoff.js';

/**
 * How long a request may be repeated to a peer that runs it only once. It counts from the first
 * transmission, or from the peer's last report that it is working on the request. This is well
 * within the 30 s for which such a peer by default remembers a request after its end.
 */
const SAFE_FOR_MS = 20_000;

/**
 * A peer that is working is asked again after half of the remaining time or after this time,
 * whichever is shorter, but not before its RTO.
 */
const MAX_LOOK_DELAY_MS = 10_000;

/**
 * The state of a call's retransmissions. It is needed only when the first transmission is not
 * simply answered, so most calls never have it.
 */
export class Retransmission {
  unreachable = false;
  /** Whether the peer asked for a token. It gets the token once. */
  challenged = false;
  sentAtMs: number;
  /** How long the call waits for an answer before the request is sent again. */
  gapMs: number;
  /** False after the decision not to send again for now. Then silence gives no new information. */
  awaitsAnswer = true;
  /** The last time when the peer is known to remember the request. */
  #rememberedAtMs: number;

  constructor(sentAtMs: number, gapMs: number) {
    this.sentAtMs = sentAtMs;
    this.gapMs = gapMs;
    this.#rememberedAtMs = sentAtMs;
  }

  /** The request was sent again. Gives the time when its answer will be overdue. */
  transmitted(nowMs: number, rtoMs: number): number {
    this.sentAtMs = nowMs;
    this.awaitsAnswer = true;
    return this.#nextMs(nowMs, rtoMs);
  }

  /** The request must not be sent again for now. Gives the time of the next decision. */
  putOff(nowMs: number, rtoMs: number): number {
    this.awaitsAnswer = false;
    return this.#nextMs(nowMs, rtoMs);
  }

  #nextMs(nowMs: number, rtoMs: number): number {
    this.gapMs = nextGapMs(this.gapMs, rtoMs);
    return nowMs + this.gapMs;
  }

  /** The peer is working. Gives the time when to ask it again, in case its reply is lost. */
  peerAtWork(nowMs: number, deadlineMs: number, rtoMs: number): number {
    this.#rememberedAtMs = nowMs;
    return nowMs + Math.max(Math.min((deadlineMs - nowMs) / 2, MAX_LOOK_DELAY_MS), rtoMs);
  }

  /** Whether a peer that remembers requests still remembers this one, if it received it. */
  isSafe(nowMs: number): boolean {
    return nowMs - this.#rememberedAtMs <= SAFE_FOR_MS;
  }
}
