/** Verdict: decides why a call probably got no answer. */
import type { Verdict } from '../api/verdict.js';

/** Evidence about a time-out. Times are monotonic milliseconds; undefined: it did not happen. */
export interface Evidence {
  /** When the request was sent; undefined until the kernel confirms that it accepted it. */
  readonly sentAtMs: number | undefined;
  /** Whether it was asked, in vain, whether the peer reads headers. */
  readonly probed: boolean;
  /** Whether an earlier process sent the request, and this one never did. */
  readonly notAskedAgain: boolean;
  /** Whether the system refused the last transmission because it cannot reach the peer. */
  readonly unreachable: boolean;
  /** When a datagram from the peer was last understood. */
  readonly heardAtMs: number | undefined;
  /** The address from which an answer came that was not asked. */
  readonly answeredFrom: string | undefined;
  readonly lagMs: number;
  readonly timeoutMs: number;
}

/** A delay below this, or below this share of the time-out, counts as ordinary scheduling. */
const MIN_STALL_MS = 20;
const BLOCKED_SHARE_OF_TIMEOUT = 0.5;

/**
 * What blames this machine goes first, as it is certain. An answer from elsewhere can be forged. So
 * it takes the place of those two verdicts alone that blame the peer: it changes what the caller is
 * told, and never who is blamed.
 */
export function verdictOf({
  sentAtMs,
  probed,
  notAskedAgain,
  unreachable,
  heardAtMs,
  answeredFrom,
  lagMs,
  timeoutMs,
}: Evidence): Verdict {
  if (sentAtMs === undefined && !probed) return 'neverSent';
  if (notAskedAgain) return 'notAskedAgain';
  const stallMs = Math.max(MIN_STALL_MS, timeoutMs * BLOCKED_SHARE_OF_TIMEOUT);
  if (lagMs >= stallMs) return 'localLoopBlocked';
  if (sentAtMs === undefined) {
    return answeredFrom === undefined ? 'probeUnanswered' : 'answeredElsewhere';
  }
  const heard = heardAtMs !== undefined && heardAtMs >= sentAtMs;
  if (!heard && unreachable) return 'unreachable';
  if (answeredFrom !== undefined) return 'answeredElsewhere';
  return heard ? 'peerAliveButSlow' : 'peerSilent';
}

/** The error codes for an address that the system cannot reach, or may not send to. */
const NO_WAY = new Set<string | undefined>([
  'EACCES',
  'EADDRNOTAVAIL',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPERM',
]);

/**
 * Whether the system refused a datagram because it cannot reach the address, and not because it
 * lacked buffers.
 */
export function saysUnreachable({ code }: Error & { readonly code?: string | undefined }): boolean {
  return NO_WAY.has(code);
}
