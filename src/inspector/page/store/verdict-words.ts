/** The verdict of a time-out in words, as `rpcudp call` says it. */
import { VERDICTS } from '../../../api/verdict.js';
import { rowOf } from '../../../vocabulary.js';

/** Words for a verdict; of one that is not known here, itself. */
export function verdictWords(verdict: string): string {
  return rowOf(VERDICTS, verdict)?.words ?? verdict;
}
