/** Masks: what of arguments, results and errors nobody who inspects may see. */

/** A value on its way to an inspector. */
export interface MaskedPlace {
  /** The procedure that is called, as far as it is known. */
  readonly procedure: string | undefined;
  /** The keys that lead to the value, such as `['args', '0', 'password']` or `['outcome', 'value', 'token']`. */
  readonly path: readonly string[];
}

/**
 * What is not shown: the values under these keys, at any depth, in whatever case; or those for which the function
 * gives true. A function that throws masks.
 */
export type Mask = readonly string[] | ((place: MaskedPlace) => boolean);

/** What stands in place of a masked value. */
export const MASKED = '(masked)';

/** A mask as a question about one place. */
export type MaskTest = (place: MaskedPlace) => boolean;

const NOTHING_MASKED: MaskTest = () => false;

export function maskTest(mask: Mask | undefined): MaskTest {
  if (mask === undefined) return NOTHING_MASKED;
  if (typeof mask === 'function') return guarded(mask);
  const keys = new Set(mask.map((key) => key.toLowerCase()));
  return ({ path }) => keys.has(path.at(-1)?.toLowerCase() ?? '');
}

function guarded(mask: MaskTest): MaskTest {
  return (place) => {
    try {
      return mask(place);
    } catch {
      return true;
    }
  };
}
