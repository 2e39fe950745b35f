/** Peer health: the states of the peer machine. */

/** Every state of the peer machine, with its display name. */
export const PEER_HEALTHS = {
  /** The host name is being looked up. */
  resolving: 'resolving',
  /** Nothing was received from it yet. */
  unknown: 'unknown',
  /** Something was received from it, and no call has timed out since. */
  responsive: 'responsive',
  /** A call has timed out since something was last received from it. */
  suspect: 'suspect',
  /** Several calls in a row timed out. */
  silent: 'silent',
  /** It was idle and was removed to make room, or the endpoint closed. */
  forgotten: 'forgotten',
} as const satisfies Readonly<Record<string, string>>;

/** The health of a peer. It follows only from what was received and from calls that timed out. */
export type PeerHealth = keyof typeof PEER_HEALTHS;
