/** Sides: the two builds that are compared: an older one, the baseline, and this one. */

export const SIDES = ['old', 'new'] as const;
export type Side = (typeof SIDES)[number];

/** One value for each side. */
export type Sides<Value> = Readonly<Record<Side, Value>>;

/**
 * The sides in the order in which they play in this turn: old new, then new old. So neither side is
 * always the one with the cold cache.
 */
export function orderAt(turn: number): readonly Side[] {
  return turn % 2 === 0 ? SIDES : SIDES.toReversed();
}
