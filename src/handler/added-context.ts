/** Added context: the check of what middleware gives to `next`. */
import { isPlainObject } from '../wire/plain-object.js';

/**
 * What is wrong with it, in words; undefined for a plain object, or nothing. Of an object of a
 * class only the own properties would get into the context, and not its methods.
 */
export function kindOfContext(added: unknown): string | undefined {
  if (added === undefined) return undefined;
  if (added === null) return 'null';
  if (typeof added !== 'object') return `a value of type ${typeof added}`;
  if (Array.isArray(added)) return 'an array';
  return isPlainObject(added) ? undefined : 'an object of a class';
}
