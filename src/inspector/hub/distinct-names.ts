/** Distinct names: the endpoints that are shown under one set of options have different names. */
import { MAX_NAME_LENGTH } from '../recorder/options.js';
import type { RecorderOptions } from '../recorder/options.js';

export class DistinctNames {
  #named = 0;

  /**
   * These options for the next endpoint. The first one has the name itself, the second one the name
   * and `2`, and so on. Without a name each is called by its address.
   */
  next(options: RecorderOptions): RecorderOptions {
    const { name } = options;
    this.#named += 1;
    if (typeof name !== 'string' || this.#named === 1) return options;
    const number = ` ${this.#named}`;
    return { ...options, name: `${name.slice(0, MAX_NAME_LENGTH - number.length)}${number}` };
  }
}
