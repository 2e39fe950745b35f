/** The verdict of a time-out: what the evidence at hand says about why no answer came. */

interface VerdictRow {
  readonly blamesPeer: boolean;
  readonly words: string;
}

/** Every verdict. */
export const VERDICTS = {
  /** The request still waited for its turn, or the kernel had not confirmed that it took it. */
  neverSent: {
    blamesPeer: false,
    words: 'the request waited for its turn, or for the address of a name',
  },
  /** Nothing was heard from the peer, and the system found no way for the last repetition. */
  unreachable: { blamesPeer: false, words: 'the system finds no way to the peer any more' },
  localLoopBlocked: {
    blamesPeer: false,
    words: 'this process was too busy to notice an answer',
  },
  /** The peer was heard from after the request had been sent. */
  peerAliveButSlow: {
    blamesPeer: true,
    words: 'the peer is alive, but did not answer this call',
  },
  /** Nothing was heard from the peer since the request had been sent. */
  peerSilent: { blamesPeer: true, words: 'nothing was heard from the peer' },
} as const satisfies Readonly<Record<string, VerdictRow>>;

/** Why no answer came, as far as that is known; what each means stands beside it in `VERDICTS`. */
export type Verdict = keyof typeof VERDICTS;

/** The verdict as part of a sentence. */
export function explainVerdict(verdict: Verdict): string {
  return VERDICTS[verdict].words;
}

/** Whether a time-out says something about the peer, and not about this machine. */
export function blamesPeer(verdict: Verdict): boolean {
  return VERDICTS[verdict].blamesPeer;
}

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
