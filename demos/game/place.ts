/**
 * Where a player was at a moment, in milliseconds of the clock that all players share. They are in
 * one process: between machines no clock tells how old a place is.
 */
export type Place = readonly [name: string, x: number, y: number, atMs: number];

/** How often a player tells where it is, and the arena where all are. */
export const UPDATE_EVERY_MS = 50;

/** The present, in whole milliseconds of the shared clock. */
export function nowMs(): number {
  return Math.floor(performance.now());
}
