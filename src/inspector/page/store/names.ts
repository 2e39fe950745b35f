/** Names, each kept once: a hundred thousand calls know the same few. */

/** Beyond it names are kept as they come, one copy for each record. */
const MAX_NAMES = 10_000;

export class Names {
  readonly #names = new Map<string, string>();

  /** The same string for the same name. */
  of(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size < MAX_NAMES) this.#names.set(name, name);
    return name;
  }
}
