/** Sequence: the picture of the latest frames, with lanes and the arrows between them. */
import type { Arrow, Surroundings } from './arrows.js';
import { arrowsOf } from './arrows.js';
import { inOrder } from './sequence-lanes.js';
import { Tally } from './tally.js';
import type { Frame, Transaction } from './transaction.js';

export interface Sequence {
  /** First endpoints in the order in which they came, then peers. */
  readonly lanes: readonly string[];
  /** In the order in which they were sent. */
  readonly arrows: readonly Arrow[];
  /** How many lanes were left out beyond the limit, with their arrows. */
  readonly lanesLeftOut: number;
}

/** More lanes would not be readable, unless the user has chosen them. */
const MAX_LANES = 8;
export const MAX_CHOSEN_LANES = 24;

/**
 * The picture of these frames. Other frames of their transactions help to join them but are not
 * drawn.
 *
 * @param chosen the lanes to draw; if absent, the busiest ones
 */
export function sequenceOf(
  frames: readonly Frame[],
  surroundings: Surroundings,
  chosen?: ReadonlySet<string>,
): Sequence {
  const drawn = new Set(frames);
  const transactions = new Set<Transaction>();
  const loose: Frame[] = [];
  for (const frame of frames) {
    if (frame.transaction === undefined) loose.push(frame);
    else transactions.add(frame.transaction);
  }
  const arrows = [...transactions]
    // A transaction keeps only a limited number of frames, so later ones are not drawn.
    .flatMap((transaction) => arrowsOf(transaction.frames, surroundings))
    .filter(({ sent, received }) => isIn(drawn, sent) || isIn(drawn, received));
  for (const frame of loose) arrows.push(...arrowsOf([frame], surroundings));
  arrows.sort((a, b) => a.sentAtMs - b.sentAtMs);
  return withLanes(arrows, surroundings, chosen);
}

function isIn(chosen: ReadonlySet<Frame>, frame: Frame | undefined): boolean {
  return frame !== undefined && chosen.has(frame);
}

function withLanes(
  arrows: readonly Arrow[],
  { endpoints }: Surroundings,
  chosen: ReadonlySet<string> | undefined,
): Sequence {
  const busy = new Tally();
  for (const { from, to } of arrows) {
    busy.add(from);
    if (to !== from) busy.add(to);
  }
  const all = inOrder(busy, endpoints);
  const byBusiness = [...all].sort((a, b) => busy.get(b) - busy.get(a));
  const isDrawn =
    chosen === undefined
      ? new Set(byBusiness.slice(0, MAX_LANES))
      : new Set(all.filter((lane) => chosen.has(lane)).slice(0, MAX_CHOSEN_LANES));
  return {
    lanes: all.filter((lane) => isDrawn.has(lane)),
    arrows: arrows.filter(({ from, to }) => isDrawn.has(from) && isDrawn.has(to)),
    lanesLeftOut: all.length - isDrawn.size,
  };
}
