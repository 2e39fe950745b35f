/** What bounds the page's memory. */

/** The most of each that a store keeps. */
export interface StoreLimits {
  /** Calls and handlers together. */
  readonly sides: number;
  /** Frames of the latest time, whatever they belong to. */
  readonly recentFrames: number;
  /** Transactions of which only frames were seen. */
  readonly looseTransactions: number;
  readonly endpoints: number;
  readonly peers: number;
}

export const DEFAULT_LIMITS: StoreLimits = {
  sides: 100_000,
  recentFrames: 2_000,
  looseTransactions: 5_000,
  endpoints: 64,
  peers: 2_000,
};
