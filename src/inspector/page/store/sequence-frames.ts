/** Sequence frames: which frames are drawn. */
import type { Surroundings } from './arrows.js';
import { laneOf } from './arrows.js';
import type { TimeRange } from './time-range.js';
import { isIn } from './time-range.js';
import type { Frame, Side, Transaction } from './transaction.js';

export interface FrameChoice {
  /** The keys of the endpoints that reported the frames. If empty: all. */
  readonly picked: ReadonlySet<string>;
  readonly range: TimeRange | undefined;
  /** Tests the calls that frames belong to; if absent: also frames of no call. */
  readonly passes: ((side: Side) => boolean) | undefined;
  /** If present, both ends of a frame are among these lanes. */
  readonly lanes: ReadonlySet<string> | undefined;
}

/** The picture shows this many of the latest frames. */
const MAX_FRAMES = 300;

/** The latest of these frames that are chosen, oldest first. */
export function framesToDraw(
  frames: readonly Frame[],
  choice: FrameChoice,
  surroundings: Surroundings,
): Frame[] {
  const found = new Map<Transaction, boolean>();
  const isFound = (transaction: Transaction | undefined): boolean => {
    const { passes } = choice;
    if (passes === undefined || transaction === undefined) return passes === undefined;
    const known = found.get(transaction) ?? transaction.sides.some(passes);
    found.set(transaction, known);
    return known;
  };
  const drawn: Frame[] = [];
  for (let index = frames.length - 1; index >= 0 && drawn.length < MAX_FRAMES; index -= 1) {
    const frame = frames[index];
    if (frame === undefined) continue;
    const { endpoint, peer, atMs, transaction } = frame;
    if (choice.picked.size > 0 && !choice.picked.has(endpoint)) continue;
    if (!isIn(choice.range, atMs) || !isFound(transaction)) continue;
    const { lanes } = choice;
    if (
      lanes === undefined ||
      (lanes.has(endpoint) && lanes.has(laneOf(endpoint, peer, surroundings)))
    )
      drawn.push(frame);
  }
  return drawn.reverse();
}
