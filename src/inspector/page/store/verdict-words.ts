import { VERDICTS } from '../../../api/verdict.js';
import { rowOf } from '../../../vocabulary.js';

/**
 * The verdict of a time-out in words, as `rpcudp call` prints it; for a verdict not known here, its
 * name.
 */
export function verdictWords(verdict: string): string {
  return rowOf(VERDICTS, verdict)?.words ?? verdict;
}
