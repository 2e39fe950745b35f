/** The verdict of a time-out in words, as `rpcudp call` says it. */
const WORDS: Readonly<Record<string, string>> = {
  neverSent: 'the request waited for its turn, or for the address of a name',
  unreachable: 'the system finds no way to the peer any more',
  localLoopBlocked: 'this process was too busy to notice an answer',
  peerAliveButSlow: 'the peer is alive, but did not answer this call',
  peerSilent: 'nothing was heard from the peer',
};

/** Words for a verdict; of one that is not known here, itself. */
export function verdictWords(verdict: string): string {
  return (Object.hasOwn(WORDS, verdict) ? WORDS[verdict] : undefined) ?? verdict;
}
