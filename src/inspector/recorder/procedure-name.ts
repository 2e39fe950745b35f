/** Procedure names in records. They are shortened, because peers can send any name. */
import { shorten } from '../../escape.js';

const MAX_NAME_LENGTH = 256;

/** The name as records have it. */
export function shownName(procedure: string): string {
  return shorten(procedure, MAX_NAME_LENGTH);
}

/** The name, or undefined if it is too long to be kept. */
export function keptName(procedure: string): string | undefined {
  return procedure.length <= MAX_NAME_LENGTH ? procedure : undefined;
}
