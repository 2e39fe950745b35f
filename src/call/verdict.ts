/** The verdict of a time-out: what the evidence at hand says about why no answer came. */

/**
 * - `neverSent`: the request still waited for its turn, or for the kernel.
 * - `localLoopBlocked`: this process was too busy to notice an answer in time.
 * - `peerAliveButSlow`: the peer was heard from after the request had been sent.
 * - `peerSilent`: nothing was heard from the peer since.
 */
export type Verdict = 'neverSent' | 'localLoopBlocked' | 'peerAliveButSlow' | 'peerSilent';

/** Times are monotonic milliseconds; undefined where the thing has not happened. */
export interface Evidence {
  readonly sentAtMs: number | undefined;
  /** When any datagram of the peer's was last understood. */
  readonly heardAtMs: number | undefined;
  /** How late the time-out was noticed. */
  readonly lagMs: number;
  readonly timeoutMs: number;
}

/** A stall shorter than this share of the time-out is taken for ordinary scheduling. */
const BLOCKED_SHARE_OF_TIMEOUT = 0.5;

export function verdictOf({ sentAtMs, heardAtMs, lagMs, timeoutMs }: Evidence): Verdict {
  if (sentAtMs === undefined) return 'neverSent';
  if (lagMs >= timeoutMs * BLOCKED_SHARE_OF_TIMEOUT) return 'localLoopBlocked';
  if (heardAtMs !== undefined && heardAtMs >= sentAtMs) return 'peerAliveButSlow';
  return 'peerSilent';
}
