/** When one call's request is sent again, and how long that is safe. */
import { nextGapMs } from './backoff.js';

/**
 * For so long after it was first sent a request is repeated to a peer that runs it only once: well within
 * the 30 s for which such a peer remembers it, by default, from when it ended.
 */
const SAFE_FOR_MS = 20_000;

/** A peer at work is asked again after half of the time that is left, but not within its RTO, and after so long at the latest. */
const MAX_LOOK_DELAY_MS = 10_000;

/** What there is to know once more came than an answer to the first transmission, or less: most calls never have one. */
export class Retransmission {
  /** Whether the kernel refused the last transmission. */
  unreachable = false;
  /** Whether the peer asked for a token, which it is given once. */
  challenged = false;
  /** When the request was sent last. */
  sentAtMs: number;
  /** How long its answer is, or was, waited for before it is sent again. */
  gapMs: number;
  /** False when it was decided not to send again for now: then nothing new is learnt from silence. */
  awaitsAnswer = true;
  /** When the peer is known not to have forgotten the request. */
  #rememberedAtMs: number;

  /** The request went out for the first time, and its answer was waited for so long. */
  constructor(sentAtMs: number, gapMs: number) {
    this.sentAtMs = sentAtMs;
    this.gapMs = gapMs;
    this.#rememberedAtMs = sentAtMs;
  }

  /** The request went out again; gives when its answer will be overdue. */
  transmitted(nowMs: number, rtoMs: number): number {
    this.sentAtMs = nowMs;
    this.awaitsAnswer = true;
    return this.#nextMs(nowMs, rtoMs);
  }

  /** The request must not be sent again, for now; gives when that may have changed. */
  putOff(nowMs: number, rtoMs: number): number {
    this.awaitsAnswer = false;
    return this.#nextMs(nowMs, rtoMs);
  }

  #nextMs(nowMs: number, rtoMs: number): number {
    this.gapMs = nextGapMs(this.gapMs, rtoMs);
    return nowMs + this.gapMs;
  }

  /** The peer is at work; gives when to ask it again, lest its reply was lost. */
  peerAtWork(nowMs: number, deadlineMs: number, rtoMs: number): number {
    this.#rememberedAtMs = nowMs;
    return nowMs + Math.max(Math.min((deadlineMs - nowMs) / 2, MAX_LOOK_DELAY_MS), rtoMs);
  }

  /** Whether a peer that remembers requests still remembers this one, if it ever got it. */
  isSafe(nowMs: number): boolean {
    return nowMs - this.#rememberedAtMs <= SAFE_FOR_MS;
  }
}
