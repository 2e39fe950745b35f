/** Kept record: a record as a history keeps it. */

/**
 * A record as text. Text has a third of the size of objects and can be sent as it is.
 */
export interface KeptRecord {
  /** The place of the record among all that came, from 1. */
  readonly position: number;
  /** Empty when it is gone. */
  text: string;
  /** The endpoint's key. */
  readonly endpoint: string;
  /** Whether it is the first record of a call, a notification or a request. */
  readonly begins: boolean;
  /**
   * How many need it: what lives, and the latest facts. When none does, it is kept while there is
   * room.
   */
  needs: number;
}
