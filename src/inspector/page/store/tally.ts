/** Counts names. A name whose count returns to 0 is forgotten. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, by = 1): void {
    const count = this.get(name) + by;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Names in alphabetical order. */
  names(): string[] {
    return [...this.#counts.keys()].sort();
  }
}
