/** The command lines of the demos: each has `--help`, and says what is wrong with an option. */
import { Command } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';

/** A demo that `command` starts, and that takes `--inspect`. */
export function watchedDemo(command: string, about: string): Command<[], { inspect?: true }> {
  return new Command(command)
    .description(about)
    .option('--inspect', 'show in the inspector what happens, until Ctrl-C');
}

/**
 * Reads numbers from 0 to `most`, for commander.
 *
 * @throws InvalidArgumentError that says so; commander names the option and what it was given.
 */
export function numberTo(most: number): (word: string) => number {
  return (word) => {
    if (/^\d+(\.\d+)?$/.test(word) && Number(word) <= most) return Number(word);
    throw new InvalidArgumentError(`It is not a number from 0 to ${String(most)}.`);
  };
}
