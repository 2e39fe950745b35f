/** The options of the corridor command. */
import { Command } from '@commander-js/extra-typings';

/** What `npm run corridor` takes. */
export const CORRIDOR = new Command('npm run corridor --')
  .description(
    `Prints every function of src that one echo enters, both ends, in order, with its file, and a \
heading for each move; then the summary. Can a reader follow a datagram from socket to caller \
without turning back?

A function entry: a function, method, getter, setter, constructor, arrow or static block of a file \
in src begins to run. Node, packages and the echo's own handler do not count; what they call in \
src does. Going on after an await is no entry, and neither is returning to the caller.
A move: an entry in another file than the entry before. The first counts: it comes from the caller.
A move back: a move to a file that was entered before, so that moves = files + moves back.
One echo: two endpoints in one process over UDP on 127.0.0.1, which know each other from ten \
echoes before, observed by nobody: from peer.call until the outcome is with the caller and both ends are \
quiet.

The clock, timers and randomness of Node are replaced, so that the list is the same each time.`,
  )
  .option('--summary', 'the summary alone')
  .option('--json', 'all of it as data; with --summary without the functions');

/** What the command is asked to do. */
export interface Options {
  readonly isSummaryOnly: boolean;
  readonly isJson: boolean;
}

/** Reads the command line; where that cannot be, says why and ends the process. */
export function readOptions(args: readonly string[]): Options {
  const { summary = false, json = false } = CORRIDOR.parse(args, { from: 'user' }).opts();
  return { isSummaryOnly: summary, isJson: json };
}
