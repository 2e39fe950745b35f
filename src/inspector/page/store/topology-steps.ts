/** Topology steps: to which node a key moves the focus. */
import type { Place } from './topology-layout.js';

const DIRECTIONS = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
} as const;

/**
 * The key of the node that the keyboard's key leads to: the nearest one in the direction of an
 * arrow, and with Home and End the first and the last, as people read. Undefined: none.
 */
export function stepFrom(
  at: string,
  key: string,
  places: ReadonlyMap<string, Place>,
): string | undefined {
  if (key === 'Home' || key === 'End') {
    const inOrder = [...places].sort(([, a], [, b]) => a.y - b.y || a.x - b.x);
    return inOrder.at(key === 'Home' ? 0 : -1)?.[0];
  }
  const from = places.get(at);
  if (from === undefined || !(key in DIRECTIONS)) return undefined;
  const { x, y } = DIRECTIONS[key as keyof typeof DIRECTIONS];
  let nearest: string | undefined;
  let least = Infinity;
  for (const [other, place] of places) {
    const [dx, dy] = [place.x - from.x, place.y - from.y];
    const along = dx * x + dy * y;
    // The distance, and more the further the node is beside the way.
    const far = (dx * dx + dy * dy) / along;
    if (along <= 0 || far >= least) continue;
    nearest = other;
    least = far;
  }
  return nearest;
}
