/** Sequence words: what an arrow is, and what is written beside it. */
import { printable } from '../../../legible/printable.js';
import type { Arrow } from './arrows.js';
import type { Frame, Side } from './transaction.js';

/** The frames of an arrow: as its sender and as its receiver had it. */
export function framesOf({ sent, received }: Arrow): Frame[] {
  return [sent, received].filter((frame) => frame !== undefined);
}

/** The call of an arrow; if its caller does not feed the inspector, the request. */
export function sideOf(arrow: Arrow): Side | undefined {
  const sides = framesOf(arrow)[0]?.transaction?.sides ?? [];
  return sides.find(({ kind }) => kind !== 'handler') ?? sides[0];
}

/** A key of the arrow, the same as long as its frames are kept. */
export function arrowKey(arrow: Arrow): number {
  const [first, last] = [framesOf(arrow)[0], framesOf(arrow).at(-1)];
  // Duplicates have the frame that was sent in common.
  return (arrow.repetition === 'duplicate' ? last : first)?.number ?? -1;
}

/** Whether it could not be read, or only in part. */
export function isMalformed({ type, fate }: Arrow): boolean {
  return type === 'unreadable' || fate?.startsWith('malformed') === true;
}

/** `find` for a request, `find · response` for its answer. */
export function labelOf(arrow: Arrow): string {
  const { type, arrival, late } = arrow;
  const procedure = sideOf(arrow)?.record.procedure;
  const words = procedure === undefined ? [] : [printable(procedure)];
  if (type !== 'request' || procedure === undefined) words.push(type);
  if (isMalformed(arrow) && type !== 'unreadable') words.push('malformed');
  if (late) words.push('late');
  if (arrival === 'lost') words.push('lost');
  if (arrival === 'refused') words.push('refused');
  return words.join(' · ');
}
