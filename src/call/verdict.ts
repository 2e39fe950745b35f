/** The verdict of a time-out: what the evidence at hand says about why no answer came. */

/**
 * - `neverSent`: the request still waited for its turn, or the kernel had not confirmed that it took it.
 * - `unreachable`: the kernel took the request, and refused the last repetition: there is no way any more.
 * - `localLoopBlocked`: this process was too busy to notice an answer in time.
 * - `peerAliveButSlow`: the peer was heard from after the request had been sent.
 * - `peerSilent`: nothing was heard from the peer since.
 */
export type Verdict =
  'neverSent' | 'unreachable' | 'localLoopBlocked' | 'peerAliveButSlow' | 'peerSilent';

/** Times are monotonic milliseconds; undefined where the thing has not happened. */
export interface Evidence {
  /** When the kernel was given the request, once it is known to have taken it. */
  readonly sentAtMs: number | undefined;
  /** Whether the kernel refused the last transmission. */
  readonly unreachable: boolean;
  /** When any datagram of the peer's was last understood. */
  readonly heardAtMs: number | undefined;
  /** How late the time-out was noticed. */
  readonly lagMs: number;
  readonly timeoutMs: number;
}

/** A stall shorter than this, or than this share of the time-out, is taken for ordinary scheduling. */
const MIN_STALL_MS = 20;
const BLOCKED_SHARE_OF_TIMEOUT = 0.5;

export function verdictOf({
  sentAtMs,
  unreachable,
  heardAtMs,
  lagMs,
  timeoutMs,
}: Evidence): Verdict {
  if (sentAtMs === undefined) return 'neverSent';
  if (unreachable) return 'unreachable';
  const stallMs = Math.max(MIN_STALL_MS, timeoutMs * BLOCKED_SHARE_OF_TIMEOUT);
  if (lagMs >= stallMs) return 'localLoopBlocked';
  if (heardAtMs !== undefined && heardAtMs >= sentAtMs) return 'peerAliveButSlow';
  return 'peerSilent';
}

/** Whether a time-out says something about the peer, and not about this machine. */
export function blamesPeer(verdict: Verdict): boolean {
  return verdict === 'peerSilent' || verdict === 'peerAliveButSlow';
}
