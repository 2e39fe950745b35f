/** Search: which calls, notifications and requests the text of a search finds. */
import type { Side } from './transaction.js';
import { valueText } from './value-text.js';

/** How many characters of the arguments are searched. */
const MAX_SEARCHED = 1_000;

/** The text of a search as a function that tests one call, notification or request. */
export function searchTest(text: string): (side: Side) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (side) => words.length === 0 || holdsAll(side, words);
}

function holdsAll({ record, note }: Side, words: readonly string[]): boolean {
  const short = `${record.transactionId} ${record.peer} ${record.procedure} ${note}`.toLowerCase();
  const left = words.filter((word) => !short.includes(word));
  if (left.length === 0) return true;
  const args = valueText(record.args, MAX_SEARCHED).toLowerCase();
  return left.every((word) => args.includes(word));
}
