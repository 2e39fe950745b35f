/** What is known of a peer, on evidence alone: see the chart in `peer/machine.ts`. */
export type PeerHealth =
  'resolving' | 'unknown' | 'responsive' | 'suspect' | 'silent' | 'forgotten';
