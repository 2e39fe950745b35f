/** The health of a peer: the states of its machine. */

/** Every state of the peer machine, with its name for people. */
export const PEER_HEALTHS = {
  /** The host's name is being looked up. */
  resolving: 'resolving',
  /** Nothing was heard from it yet. */
  unknown: 'unknown',
  /** It was heard, and no call timed out since. */
  responsive: 'responsive',
  /** A call timed out since it was last heard. */
  suspect: 'suspect',
  /** Several calls in a row timed out. */
  silent: 'silent',
  /** It was idle, and its place was needed. */
  forgotten: 'forgotten',
} as const satisfies Readonly<Record<string, string>>;

/** What is known of a peer, on evidence alone. */
export type PeerHealth = keyof typeof PEER_HEALTHS;
