/** Verdicts: the probable reasons why a call got no answer. */

interface VerdictRow {
  readonly blamesPeer: boolean;
  readonly words: string;
}

/** Every verdict. */
export const VERDICTS = {
  /** The request was still waiting, or the kernel had not confirmed that it accepted it. */
  neverSent: {
    blamesPeer: false,
    words: 'the request waited for its turn, or for the address of a name',
  },
  /**
   * A call with headers waited until the peer would show, by the answer to a probe, that it is an
   * rpcudp endpoint. It did not, so the request was not sent.
   */
  probeUnanswered: {
    blamesPeer: true,
    words: 'the peer answered no probe, and only rpcudp endpoints are sent headers',
  },
  /** The process that sent it has ended, and this one could not ask again without harm. */
  notAskedAgain: {
    blamesPeer: false,
    words: 'an earlier process sent it, and to ask again could run it twice, or came too late',
  },
  /** Nothing was received from the peer, and the system could not send the last transmission. */
  unreachable: { blamesPeer: false, words: 'the system has no route to the peer any more' },
  localLoopBlocked: {
    blamesPeer: false,
    words: 'this process was too busy to notice an answer',
  },
  /** Something was received from the peer after the request had been sent. */
  peerAliveButSlow: {
    blamesPeer: true,
    words: 'the peer is alive, but did not answer this call',
  },
  /**
   * Somebody answered the call from another address than was asked, as a server with several
   * addresses may. Such an answer can be forged, so it settles nothing.
   */
  answeredElsewhere: {
    blamesPeer: true,
    words: 'an answer came, but from another address than was asked',
  },
  /** Nothing was received from the peer after the request had been sent. */
  peerSilent: { blamesPeer: true, words: 'nothing was heard from the peer' },
} as const satisfies Readonly<Record<string, VerdictRow>>;

/** Why no answer came, as far as it is known. `VERDICTS` says what each verdict means. */
export type Verdict = keyof typeof VERDICTS;

/**
 * The verdict in words, to be used as part of a sentence. They name the other address from which an
 * answer came, if there is one.
 */
export function explainVerdict(verdict: Verdict, answeredFrom?: string): string {
  const { words } = VERDICTS[verdict];
  if (answeredFrom === undefined) return words;
  return verdict === 'answeredElsewhere'
    ? `${words}: ${answeredFrom}`
    : `${words}; an answer came from ${answeredFrom}`;
}

/** Whether the verdict blames the peer, and not this machine. */
export function blamesPeer(verdict: Verdict): boolean {
  return VERDICTS[verdict].blamesPeer;
}
