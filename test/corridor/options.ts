/** The options of the corridor command. */
import { parseArgs } from 'node:util';

/** What `--help` shows. */
export const HELP = `Prints every function of src that one echo enters, both ends, in order, with its file: can a reader follow a
datagram from socket to caller without turning back?

  npm run corridor                            the functions, under a heading for each move, and the summary
  npm run corridor -- --summary               the summary alone
  npm run --silent corridor -- --json         all of it as data; with --summary without the functions
  npm run corridor -- --help                  this text

A function entry  a function, method, getter, setter, constructor, arrow or static block of a file in src begins to
                  run. Node, packages and the echo's own handler do not count; what they call in src does. Going on
                  after an await is no entry, and neither is returning to the caller.
A move            an entry in another file than the entry before. The first counts: it comes from the caller.
A move back       a move to a file that was entered before, so that moves = files + moves back.
One echo          two endpoints in one process over UDP on 127.0.0.1, which know each other from ten echoes before,
                  observed by nobody: from peer.call until the outcome is with the caller and both ends are quiet.

The clock, timers and randomness of Node are replaced, so that the list is the same each time.
`;

/** What the command is asked to do. */
export interface Options {
  readonly isSummaryOnly: boolean;
  readonly isJson: boolean;
}

/**
 * Reads the command line; gives undefined when only help was asked for.
 *
 * @throws Error for what it does not understand.
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      summary: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return { isSummaryOnly: values.summary, isJson: values.json };
}
