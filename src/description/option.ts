/** The option `describe`: whether an endpoint describes itself, and its doc strings. */
import type { Describe } from '../api/endpoint-options.js';
import { MAX_DESCRIPTION_LENGTH } from '../contract/definition.js';
import { OptionError, quote } from '../errors.js';
import type { OptionRow } from '../option-table.js';
import { OWN_PREFIX } from './description.js';

export const DESCRIBE_OPTION: OptionRow<false> = {
  standard: false,
  problem: (value) => {
    if (typeof value === 'boolean') return undefined;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? undefined : 'must be true, false, or an object of doc strings by procedure';
  },
};

/**
 * Checks that procedures of these names can be described so.
 *
 * @throws OptionError for a name that is the endpoint's own, a doc string of no procedure, or one
 * that is no text of 1 to 1,000 characters.
 */
export function requireDescribable(
  names: ReadonlySet<string>,
  describe: Exclude<Describe, false>,
): void {
  for (const name of names) {
    if (!name.startsWith(OWN_PREFIX)) continue;
    const problem = `cannot be used with the handler ${quote(name)}`;
    throw new OptionError(
      'describe',
      `${problem}: names that begin with '${OWN_PREFIX}' are its own`,
    );
  }
  if (describe === true) return;
  for (const [name, text] of Object.entries<unknown>(describe)) {
    if (!names.has(name)) {
      throw new OptionError(
        'describe',
        `has a doc string of ${quote(name)}, but no handler has this name`,
      );
    }
    if (text === undefined || isDescription(text)) continue;
    const problem = `must be a text of 1 to ${MAX_DESCRIPTION_LENGTH} characters`;
    throw new OptionError(`describe[${quote(name)}]`, problem);
  }
}

function isDescription(text: unknown): boolean {
  return typeof text === 'string' && text !== '' && text.length <= MAX_DESCRIPTION_LENGTH;
}
