/** Mask: which parts of arguments, results and errors inspectors must not see. */

/** The place of a value that is about to be given to an inspector. */
export interface MaskedPlace {
  /** The called procedure; undefined if it is not known. */
  readonly procedure: string | undefined;
  /**
   * The keys that lead to the value, such as `['args', '0', 'password']` or
   * `['outcome', 'value', 'token']`.
   */
  readonly path: readonly string[];
}

/**
 * The values that are masked. Either the values of these keys, at any depth and in upper or lower
 * case, or the values for which the function returns true. If the function throws, the value is
 * masked.
 */
export type Mask = readonly string[] | ((place: MaskedPlace) => boolean);

export const MASKED = '(masked)';

export type MaskTest = (place: MaskedPlace) => boolean;

export const NOTHING_MASKED: MaskTest = () => false;

/**
 * The test of a mask. Its owner can change neither the mask nor the path that it is asked about.
 */
export function maskTest(mask: Mask | undefined): MaskTest {
  if (mask === undefined) return NOTHING_MASKED;
  if (typeof mask === 'function') return guarded(mask);
  const keys = new Set(mask.map((key) => key.toLowerCase()));
  return ({ path }) => keys.has(path.at(-1)?.toLowerCase() ?? '');
}

function guarded(mask: MaskTest): MaskTest {
  return ({ procedure, path }) => {
    try {
      return mask({ procedure, path: [...path] });
    } catch {
      return true;
    }
  };
}
