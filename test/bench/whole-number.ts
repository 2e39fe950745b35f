/** Whole numbers that options are given. */
import { InvalidArgumentError } from 'commander';

/** Digits that a number holds exactly, whatever they are. */
const DIGITS = /^\d{1,15}$/;

/**
 * Reads whole numbers from `least` on, for commander.
 *
 * @throws InvalidArgumentError that says so; commander names the option and what it was given.
 */
export function wholeNumber(least: number): (word: string) => number {
  return (word) => {
    if (DIGITS.test(word) && Number(word) >= least) return Number(word);
    throw new InvalidArgumentError(`It is not a whole number from ${least} on.`);
  };
}
