/** The verdict of a time-out: what the evidence at hand says about why no answer came. */

/**
 * - `neverSent`: the request still waited for its turn, or the kernel had not confirmed that it took it.
 * - `localLoopBlocked`: this process was too busy to notice an answer in time.
 * - `peerAliveButSlow`: the peer was heard from after the request had been sent.
 * - `unreachable`: nor was anything heard, and the system found no way for the last repetition.
 * - `peerSilent`: nothing was heard from the peer since.
 */
export type Verdict =
  'neverSent' | 'unreachable' | 'localLoopBlocked' | 'peerAliveButSlow' | 'peerSilent';

const WORDS: Readonly<Record<Verdict, string>> = {
  neverSent: 'the request waited for its turn, or for the address of a name',
  unreachable: 'the system finds no way to the peer any more',
  localLoopBlocked: 'this process was too busy to notice an answer',
  peerAliveButSlow: 'the peer is alive, but did not answer this call',
  peerSilent: 'nothing was heard from the peer',
};

/** The verdict as part of a sentence. */
export function explainVerdict(verdict: Verdict): string {
  return WORDS[verdict];
}
