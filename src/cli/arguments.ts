/** The arguments of `rpcudp call`: turns the words of the command line into values. */
import { InvalidArgumentError } from 'commander';
import { ArgumentError } from '../legible/argument-error.js';
import { isJson, parseJson } from '../legible/json.js';
import { fromPrefixed, fromPrefixedText } from '../legible/prefixed-text.js';
import type { CallHeaders } from '../wire/headers.js';

/**
 * Turns words of the command line into values. A word that is JSON gives its JSON value, any other
 * word gives a string. In both cases `hex:`, `base64:`, `date:`, `bigint:` and `text:` are read as
 * prefixes.
 *
 * @throws ArgumentError naming the argument, counted from 1, and what is wrong with it.
 */
export function parseArguments(words: readonly string[]): unknown[] {
  return words.map((word, index) => {
    try {
      return isJson(word) ? parseJson(word) : fromPrefixed(word);
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      throw new ArgumentError(`argument ${index + 1}: ${error.message}`);
    }
  });
}

/**
 * Reads `name=value` that was given to `--header`, and adds it to the headers before it. The value
 * is text, or bytes with the prefix `hex:` or `base64:`. The call checks names and sizes.
 *
 * @throws InvalidArgumentError for a word without a name or `=`, a name that came before, or bytes
 * that cannot be read; commander reports it.
 */
export function parseHeader(word: string, headers: CallHeaders = {}): CallHeaders {
  const [, name, value = ''] = /^([^=]+)=(.*)$/su.exec(word) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It is not name=value.');
  if (Object.hasOwn(headers, name)) throw new InvalidArgumentError('It is there twice.');
  try {
    return { ...headers, [name]: fromPrefixedText(value) };
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}

/**
 * Reads a number that was given to an option. The code that uses the number checks its bounds.
 *
 * @throws InvalidArgumentError for anything but digits; commander reports it.
 */
export function parseWholeNumber(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw new InvalidArgumentError('It is not a whole number.');
}
