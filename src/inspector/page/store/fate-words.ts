import { FATES } from '../../../api/fate.js';
import { rowOf } from '../../../vocabulary.js';

/** The meaning of a fate in a few words; empty for a fate that is not known here. */
export function fateWords(fate: string): string {
  return rowOf(FATES, fate) ?? '';
}
