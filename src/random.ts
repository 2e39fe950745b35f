/** Random: the interface of a source of randomness, and the system's source. */
import { randomFillSync } from 'node:crypto';

/** A source of randomness. */
export interface Random {
  /** Fills `target` with bytes that others cannot predict. */
  fillBytes(target: Uint8Array): void;

  /** A number in [0, 1), for jitter and choices. It may be predictable. */
  unit(): number;
}

/** The random bytes of the operating system, and V8's generator for `unit`. */
export const systemRandom: Random = {
  fillBytes: (target) => {
    randomFillSync(target);
  },
  unit: () => Math.random(),
};
