/** Program: which process the users' own actors belong to. */
import process from 'node:process';
import { VERSION } from '../../copies/version.js';
import type { RecordOf } from '../record.js';
import { randomKey } from './identity.js';

/** Tells actors of this process from those of others, whose session ids are the same. */
export const PROCESS_KEY = randomKey();

/** What the record of a program says, but for the name that it was given. */
export function program(): Pick<RecordOf<'program'>, 'name' | 'process' | 'processId' | 'version'> {
  const { pid, argv } = process;
  const file = argv[1]?.split(/[\\/]/).at(-1);
  return {
    name: file === undefined || file === '' ? `process ${pid}` : file,
    process: PROCESS_KEY,
    processId: pid,
    version: VERSION,
  };
}
