import type { Random } from '../random.js';

/**
 * Repeatable randomness: the same seed gives the same numbers. The generator is Doty-Humphrey's
 * sfc32. It is good for simulations, and must not be used for secrets.
 */
export class SeededRandom implements Random {
  readonly #seed: number;
  readonly #path: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed` is any number. `path` distinguishes the streams that are forked from it. */
  constructor(seed: number, path = '') {
    this.#seed = seed;
    this.#path = path;
    const mix = splitMix(hash(`${seed}${path}`));
    this.#a = mix();
    this.#b = mix();
    this.#c = mix();
    for (let round = 0; round < 12; round++) this.#next();
  }

  /**
   * An independent stream. It depends only on the seed and the label, and not on the numbers that
   * were drawn. So one more draw in one part of a simulation does not change other parts.
   */
  fork(label: string): SeededRandom {
    return new SeededRandom(this.#seed, `${this.#path}/${label}`);
  }

  fillBytes(target: Uint8Array): void {
    for (let index = 0; index < target.length; index++) target[index] = this.#next() >>> 24;
  }

  unit(): number {
    return this.#next() / 2 ** 32;
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state;
}

/** Spreads a 32-bit hash over the state of the generator. */
function splitMix(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  };
}
