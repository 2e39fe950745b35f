/** Verdicts: what the evidence at hand says about why no answer came. */

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
