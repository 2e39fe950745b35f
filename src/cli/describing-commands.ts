/** The commands that show what peers offer: `list`. */
import type { Command } from 'commander';
import type { CallHeaders } from '../wire/headers.js';
import { parseHeader, parseWholeNumber } from './arguments.js';
import type { ExitCode } from './exit-code.js';
import type { ListOptions } from './list.js';
import type { World } from './world.js';

const AFTER_LIST = `
With a procedure, it shows what the peer tells of that one: its doc string, its
options, and JSON Schema (draft 2020-12) of its arguments and its result.

Only rpcudp endpoints that were told to do so describe themselves:
createEndpoint({ describe: true }), or rpcudp serve --describe.

Exit code: as that of call.`;

/** Adds them to the program. `ended` is told the exit code. */
export function addDescribingCommands(
  program: Command,
  world: World,
  ended: (code: ExitCode) => void,
): void {
  program
    .command('list')
    .description('List the procedures that a peer offers.')
    .argument('<host:port>', 'address of the peer; IPv6 as [::1]:port')
    .argument('[procedure]', 'the procedure to show')
    .option('--timeout <ms>', 'how long to wait for all answers (default: 5000)', parseWholeNumber)
    .option<CallHeaders>(
      '--header <name=value>',
      'send a header with what is asked; may be repeated',
      parseHeader,
    )
    .option('--json', 'print it as JSON')
    .addHelpText('after', AFTER_LIST)
    .action(async (address: string, procedure: string | undefined, options: ListOptions) => {
      const { list } = await import('./list.js');
      ended(await list(world, address, procedure, options));
    });
}
