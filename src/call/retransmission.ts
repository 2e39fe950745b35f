/** Retransmission: when the request of one call is sent again, and how long this is safe. */
import type { Moment } from '../time/moment.js';
import { nextGapMs } from './backoff.js';

/**
 * How long a request may be repeated to a peer that runs it only once. It counts from the first
 * transmission, or from the peer's last report that it is working on the request. This is well
 * within the 30 s for which such a peer by default remembers a request after its end.
 */
export const SAFE_FOR_MS = 20_000;

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
  readonly #timeoutMs: number;
  /** The last moment when the peer is known to remember the request. */
  #remembered: Moment;

  /** @param sent when the request was first sent */
  constructor(sent: Moment, gapMs: number, timeoutMs: number) {
    this.sentAtMs = sent.atMs;
    this.gapMs = gapMs;
    this.#timeoutMs = timeoutMs;
    this.#remembered = sent;
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
    this.gapMs = nextGapMs(this.gapMs, rtoMs, this.#timeoutMs);
    return nowMs + this.gapMs;
  }

  /** The peer is working. Gives the time when to ask it again, in case its reply is lost. */
  peerAtWork(now: Moment, deadlineMs: number, rtoMs: number): number {
    this.#remembered = now;
    const { atMs } = now;
    return atMs + Math.max(Math.min((deadlineMs - atMs) / 2, MAX_LOOK_DELAY_MS), rtoMs);
  }

  /**
   * Whether a peer that remembers requests still remembers this one, if it received it. Both clocks
   * must say so: the monotonic one may have stood still, and the other may have been set back.
   */
  isSafe({ atMs, wallMs }: Moment): boolean {
    const { atMs: sinceMs, wallMs: sinceWallMs } = this.#remembered;
    return atMs - sinceMs <= SAFE_FOR_MS && wallMs - sinceWallMs <= SAFE_FOR_MS;
  }
}
