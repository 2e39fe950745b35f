/** The commands that show what peers offer: `list`, and completion in shells. */
import { Argument } from 'commander';
import type { Command } from 'commander';
import type { CallHeaders } from '../wire/headers.js';
import { parseHeader, parseWholeNumber } from './arguments.js';
import type { Shell } from './completion-script.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import type { ListOptions } from './list.js';
import type { World } from './world.js';

const AFTER_LIST = `
With a procedure, it shows what the peer tells of that one: its doc string, its
options, and JSON Schema (draft 2020-12) of its arguments and its result.

Only rpcudp endpoints that were told to do so describe themselves:
createEndpoint({ describe: true }), or rpcudp serve --describe.

Exit code: as that of call.`;

const AFTER_COMPLETION = `
It completes commands, options and, behind an address, the procedures of a peer
that describes itself. To load it now, or at each start from ~/.bashrc, ~/.zshrc
or ~/.config/fish/config.fish:

  source <(rpcudp completion bash)
  source <(rpcudp completion zsh)       # after compinit
  rpcudp completion fish | source`;

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

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

  program
    .command('completion')
    .description('Print a completion script for a shell.')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(SHELLS))
    .addHelpText('after', AFTER_COMPLETION)
    .action(async (shell: Shell) => {
      const { COMPLETION_SCRIPTS } = await import('./completion-script.js');
      world.stdout.write(COMPLETION_SCRIPTS[shell]);
      ended(EXIT_CODE.success);
    });

  program
    .command('complete', { hidden: true })
    .description('What the completion scripts run.')
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { askPeerNow, linesOf, offersFor } = await import('./completion.js');
      const lines = linesOf(await offersFor(program, words, askPeerNow));
      for (const line of lines) world.stdout.print(line);
      ended(EXIT_CODE.success);
    });
}
