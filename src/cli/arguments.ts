/** The arguments of `rpcudp call`, from words to values. */
import { InvalidArgumentError } from 'commander';
import { ArgumentError } from '../legible/argument-error.js';
import { isJson, parseJson } from '../legible/json.js';
import { fromPrefixedText } from '../legible/prefixed-text.js';

/**
 * The values that words of the command line stand for: JSON where a word is JSON, else a string;
 * either way `hex:`, `base64:` and `text:` count as prefixed text.
 *
 * @throws ArgumentError naming the argument, counted from 1, and what is wrong with it.
 */
export function parseArguments(words: readonly string[]): unknown[] {
  return words.map((word, index) => {
    try {
      return isJson(word) ? parseJson(word) : fromPrefixedText(word);
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      throw new ArgumentError(`argument ${index + 1}: ${error.message}`);
    }
  });
}

/**
 * A number given to an option. Its bounds are checked where it is used.
 *
 * @throws InvalidArgumentError for anything but digits, for commander to report.
 */
export function parseWholeNumber(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw new InvalidArgumentError('It is not a whole number.');
}
