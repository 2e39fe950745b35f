/** Command lines of the demos: each has `--help`, and reports an invalid option. And what they print. */
import { Command } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';

/** The command line of a demo that is started with `command` and takes `--inspect`. */
export function watchedDemo(command: string, about: string): Command<[], { inspect?: true }> {
  return new Command(command)
    .description(about)
    .option('--inspect', 'show the calls in the inspector, until Ctrl-C');
}

/**
 * Returns a function with which commander reads a number from 0 to `most`.
 *
 * The function throws an InvalidArgumentError for anything else. Commander reports it, with the
 * option and the word.
 */
export function numberTo(most: number): (word: string) => number {
  return (word) => {
    if (/^\d+(\.\d+)?$/.test(word) && Number(word) <= most) return Number(word);
    throw new InvalidArgumentError(`It must be a number from 0 to ${String(most)}.`);
  };
}

/** A duration for people: `1.2 s`. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1_000).toFixed(1)} s`;
}
