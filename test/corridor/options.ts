/** The options of the corridor command. */
import { Command } from '@commander-js/extra-typings';

/** The command line of `npm run corridor`. */
export const CORRIDOR = new Command('npm run corridor --')
  .description(
    `Prints every function of src that one echo enters at both ends, in order, with its file and a \
heading for each move, and then the summary. It shows whether a reader can follow a datagram from \
socket to caller without turning back.

A function entry: a function, method, getter, setter, constructor, arrow or static block of a file \
in src begins to run. Node.js, packages and the echo's own handler do not count, but functions in \
src that they call do. Continuing after an await and returning to the caller are not entries.
A move: an entry in another file than the entry before. The first entry is a move too.
A move back: a move to a file that was entered before, so that moves = files + moves back.
One echo: two endpoints in one process over UDP on 127.0.0.1, which know each other from ten \
echoes before. Nothing observes them. It lasts from peer.call until the caller has the outcome and \
both ends are quiet.

The clock, timers and randomness of Node.js are replaced, so that the list is the same each time.`,
  )
  .option('--summary', 'the summary alone')
  .option('--json', 'everything as data; with --summary without the functions');

/** What the command must do. */
export interface Options {
  readonly isSummaryOnly: boolean;
  readonly isJson: boolean;
}

/** Reads the command line. An invalid option is reported and ends the process. */
export function readOptions(args: readonly string[]): Options {
  const { summary = false, json = false } = CORRIDOR.parse(args, { from: 'user' }).opts();
  return { isSummaryOnly: summary, isJson: json };
}
