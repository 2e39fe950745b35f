/** Record parts: what the schemas of records have in common. */
import { finite, minValue, number, pipe, string } from 'valibot';

/** JSON has no infinite numbers, but its parser reads 1e999 as Infinity. */
export const real = pipe(number(), finite());
export const count = pipe(real, minValue(0));

/** What every record has. */
export const common = {
  /**
   * The key of the endpoint, unique among those that feed one inspector. The actors of a program
   * have such a key as well.
   */
  endpoint: string(),
  seq: count,
  atMs: real,
};
