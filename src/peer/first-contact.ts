/**
 * First contact: when a peer that has not answered yet is sent a probe. A probe asks whether an
 * rpcudp endpoint is there, and runs nothing. So it can be repeated where a request must not be.
 */
import { nextGapMs } from '../call/backoff.js';

export class FirstContact {
  #gapMs = 0;
  /** When the answer to the last probe is overdue. Only this class writes it. */
  overdueAtMs = -Infinity;

  /**
   * Whether a probe may be sent now: if none is on its way. The time that it gets for its answer
   * grows with each as the gaps between the transmissions of a request do. This one counts as sent.
   */
  mayProbe(nowMs: number, rtoMs: number, timeoutMs: number): boolean {
    if (nowMs < this.overdueAtMs) return false;
    this.#gapMs = nextGapMs(this.#gapMs, rtoMs, timeoutMs);
    this.overdueAtMs = nowMs + this.#gapMs;
    return true;
  }
}
