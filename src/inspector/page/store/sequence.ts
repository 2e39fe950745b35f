/** Sequence: the picture of the latest frames, with lanes and the arrows between them. */
import type { Arrow, Surroundings } from './arrows.js';
import { arrowsOf } from './arrows.js';
import type { Frame, Transaction } from './transaction.js';

export interface Sequence {
  /** First endpoints in the order in which they came, then peers. */
  readonly lanes: readonly string[];
  /** In the order in which they were sent. */
  readonly arrows: readonly Arrow[];
  /** How many lanes were left out beyond the limit, with their arrows. */
  readonly lanesLeftOut: number;
}

/** More lanes would not be readable. */
const MAX_LANES = 8;

/**
 * The picture of these frames. Other frames of their transactions help to join them but are not
 * drawn.
 */
export function sequenceOf(frames: readonly Frame[], surroundings: Surroundings): Sequence {
  const chosen = new Set(frames);
  const transactions = new Set<Transaction>();
  const loose: Frame[] = [];
  for (const frame of frames) {
    if (frame.transaction === undefined) loose.push(frame);
    else transactions.add(frame.transaction);
  }
  const arrows = [...transactions]
    // A transaction keeps only a limited number of frames, so later ones are not drawn.
    .flatMap((transaction) => arrowsOf(transaction.frames, surroundings))
    .filter(({ sent, received }) => isIn(chosen, sent) || isIn(chosen, received));
  for (const frame of loose) arrows.push(...arrowsOf([frame], surroundings));
  arrows.sort((a, b) => a.sentAtMs - b.sentAtMs);
  return withLanes(arrows, surroundings);
}

function isIn(chosen: ReadonlySet<Frame>, frame: Frame | undefined): boolean {
  return frame !== undefined && chosen.has(frame);
}

function withLanes(arrows: readonly Arrow[], { endpoints }: Surroundings): Sequence {
  const busy = new Map<string, number>();
  for (const { from, to } of arrows) {
    for (const lane of [from, to]) busy.set(lane, (busy.get(lane) ?? 0) + 1);
  }
  const known = [...endpoints.keys()].filter((name) => busy.has(name));
  const others = [...busy.keys()]
    .filter((lane) => !known.includes(lane))
    .sort((a, b) => (busy.get(b) ?? 0) - (busy.get(a) ?? 0));
  const all = [...known, ...others];
  const lanes = all.slice(0, MAX_LANES);
  return {
    lanes,
    arrows: arrows.filter(({ from, to }) => lanes.includes(from) && lanes.includes(to)),
    lanesLeftOut: all.length - lanes.length,
  };
}
