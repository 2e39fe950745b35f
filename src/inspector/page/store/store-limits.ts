/** Store limits: what bounds the memory of the page. */

/** The most of each that a store keeps. */
export interface StoreLimits {
  /** Calls and handlers together. */
  readonly sides: number;
  /** The latest calls and handlers, to find the peers of a search. */
  readonly recentSides: number;
  /** The latest frames of all transactions, and those that belong to none. */
  readonly recentFrames: number;
  /** The latest frames that belong to no transaction, such as malformed ones. */
  readonly strayFrames: number;
  /** Transactions without a call or handler, of which only frames were seen. */
  readonly looseTransactions: number;
  readonly endpoints: number;
  readonly peers: number;
}

export const DEFAULT_LIMITS: StoreLimits = {
  sides: 100_000,
  recentSides: 10_000,
  recentFrames: 2_000,
  strayFrames: 2_000,
  looseTransactions: 5_000,
  endpoints: 64,
  peers: 10_000,
};
