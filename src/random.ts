import { randomFillSync } from 'node:crypto';

/** Where the package gets its randomness from. */
export interface Random {
  /** Fills `target` with bytes that nobody else can predict. */
  fillBytes(target: Uint8Array): void;

  /** A number in [0, 1), for jitter and choices; it need not be unpredictable. */
  unit(): number;
}

/** The operating system's random bytes, and V8's generator for `unit`. */
export const systemRandom: Random = {
  fillBytes: (target) => {
    randomFillSync(target);
  },
  unit: () => Math.random(),
};
