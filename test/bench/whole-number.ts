/** Reads the whole numbers that options take. */
import { InvalidArgumentError } from 'commander';

/** At most 15 digits: a number holds all of these exactly. */
const DIGITS = /^\d{1,15}$/;

/**
 * Returns a function with which commander reads a whole number from `least`.
 *
 * The function throws an InvalidArgumentError for anything else. Commander reports it, with the
 * option and the word.
 */
export function wholeNumber(least: number): (word: string) => number {
  return (word) => {
    if (DIGITS.test(word) && Number(word) >= least) return Number(word);
    throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
  };
}
