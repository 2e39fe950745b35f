/** Spread: from when to when something was seen. */
export class Spread {
  fromMs = Infinity;
  toMs = -Infinity;

  add(atMs: number): void {
    this.fromMs = Math.min(this.fromMs, atMs);
    this.toMs = Math.max(this.toMs, atMs);
  }
}

/**
 * Whether something was seen at more than one moment. A process that stood still for a moment makes
 * all that it had to do look slow or lost, and that is no illness.
 */
export function lasted(spreads: Iterable<Spread>): boolean {
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const spread of spreads) {
    fromMs = Math.min(fromMs, spread.fromMs);
    toMs = Math.max(toMs, spread.toMs);
  }
  return toMs - fromMs >= LEAST_MS;
}

const LEAST_MS = 3_000;
