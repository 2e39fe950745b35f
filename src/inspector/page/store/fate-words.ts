/** What a fate of an inbound frame means, in a few words. */
import { FATES } from '../../../api/fate.js';
import { rowOf } from '../../../vocabulary.js';

/** What a fate means; nothing for one that is not known here. */
export function fateWords(fate: string): string {
  return rowOf(FATES, fate) ?? '';
}
