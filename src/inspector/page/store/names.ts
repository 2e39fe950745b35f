/**
 * Names: keeps one string for each name, because a hundred thousand calls use the same few names.
 */

/** Beyond this many, each record keeps its own string. */
const MAX_NAMES = 10_000;

export class Names {
  readonly #names = new Map<string, string>();

  /** Returns the same string for equal names. */
  of(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size < MAX_NAMES) this.#names.set(name, name);
    return name;
  }
}
