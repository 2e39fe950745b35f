/** Allowance: how many of one kind may be shown whole. The first ones, and then a few at a time. */

/** So many may be shown at once, the first ones of a kind above all. */
const FIRST = 20;

export class Allowance {
  #left = FIRST;
  #period = 0;

  /**
   * Takes one, if there is any left.
   *
   * @param period the number of the present period, which never falls
   * @param perPeriod how many are added in a period; may be below 1
   */
  take(period: number, perPeriod: number): boolean {
    this.#left = Math.min(FIRST, this.#left + (period - this.#period) * perPeriod);
    this.#period = period;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
