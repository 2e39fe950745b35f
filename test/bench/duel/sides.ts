/** The two builds that are compared: an older one, the baseline, and this one. */

export const SIDES = ['old', 'new'] as const;
export type Side = (typeof SIDES)[number];

/** Something of each side. */
export type Sides<Value> = Readonly<Record<Side, Value>>;

/** Who plays first at that turn: old new, new old, so that neither is always the one that finds the cache cold. */
export function orderAt(turn: number): readonly Side[] {
  return turn % 2 === 0 ? SIDES : SIDES.toReversed();
}
