/** How the evidence at hand becomes the verdict of a time-out. */
import type { Verdict } from '../api/verdict.js';

/** Times are monotonic milliseconds; undefined where the thing has not happened. */
export interface Evidence {
  /** When the kernel was given the request, once it is known to have taken it. */
  readonly sentAtMs: number | undefined;
  /** Whether the system found no way for the last transmission. */
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
  const stallMs = Math.max(MIN_STALL_MS, timeoutMs * BLOCKED_SHARE_OF_TIMEOUT);
  if (lagMs >= stallMs) return 'localLoopBlocked';
  if (heardAtMs !== undefined && heardAtMs >= sentAtMs) return 'peerAliveButSlow';
  return unreachable ? 'unreachable' : 'peerSilent';
}

/** What a system says when it has no way to an address, or may not go it. */
const NO_WAY = new Set<string | undefined>([
  'EACCES',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPERM',
]);

/** Whether a datagram was refused because there is no way to its address, and not for want of room. */
export function saysUnreachable({ code }: Error & { readonly code?: string | undefined }): boolean {
  return NO_WAY.has(code);
}
