/** The commands that show and export what endpoints did: `inspect`, `top`, `export`, `dissector`. */
import type { Command } from 'commander';
import { VERSION } from '../copies/version.js';
import { parseWholeNumber } from './arguments.js';
import type { ExitCode } from './exit-code.js';
import { dissector, exportCapture } from './export.js';
import type { ExportOptions } from './export.js';
import type { InspectCommandOptions } from './inspect.js';
import type { TopOptions } from './top.js';
import type { World } from './world.js';

const AFTER_INSPECT = `
The URL is for the page, and for processes that feed it. It has a random token.
Everybody on this machine who knows it sees all calls, arguments and results.

  rpcudp inspect --port 4000      # with --token too, a restart keeps the URL
  rpcudp serve ./handlers.js --inspect http://127.0.0.1:4000/0123…/

With a file, it shows what --record wrote there.`;

const AFTER_EXPORT = `
Each endpoint is an interface of the capture. If both ends recorded a datagram,
it is there twice: sent on one interface, received on the other. IP and UDP
headers are generated, because they were not recorded. The comment of a packet
says what happened to it, and how much of it is missing.

  rpcudp serve ./handlers.js --port 1234 --record served.jsonl
  rpcudp export served.jsonl served.pcapng
  wireshark -X lua_script:"$(rpcudp dissector)" \\
    -o rpcudp.ports:1234 served.pcapng`;

const AFTER_DISSECTOR = `
It also works for live captures of the network, in Wireshark and tshark:

  tshark -X lua_script:"$(rpcudp dissector)" -o rpcudp.ports:1234 -i any`;

const AFTER_TOP = `
The URL is that of an inspector's page. "rpcudp inspect" prints it, and so does
a command with --inspect. Without a URL, top runs an inspector itself and shows
the URL that other processes need to feed it:

  rpcudp top
  rpcudp serve ./handlers.js --inspect http://127.0.0.1:4000/0123…/

Ctrl-C or q ends it. With --once or --json, or when stdout is not a terminal,
it watches for a second, prints what it has seen, and ends. It obeys NO_COLOR.`;

/** Adds them to the program. `ended` is told the exit code. */
export function addInspectingCommands(
  program: Command,
  world: World,
  ended: (code: ExitCode) => void,
): void {
  program
    .command('inspect')
    .description('Serve a page that shows what happens at endpoints.')
    .argument('[recording]', 'a file that --record wrote, to be shown')
    .option('--port <number>', 'TCP port of the page; 0 for any free port', parseWholeNumber, 0)
    .option('--token <text>', 'the secret part of its URL (default: random)')
    .addHelpText('after', AFTER_INSPECT)
    .action(async (recording: string | undefined, options: InspectCommandOptions) => {
      const { inspect } = await import('./inspect.js');
      ended(await inspect(world, recording, options));
    });

  program
    .command('top')
    .description('Show live counts of endpoints in this terminal.')
    .argument('[url]', 'URL of the inspector that the endpoints feed')
    .option('--once', 'print once and end')
    .option('--json', 'print once as JSON and end')
    .addHelpText('after', AFTER_TOP)
    .action(async (url: string | undefined, options: TopOptions) => {
      const { top } = await import('./top.js');
      ended(await top(world, url, options));
    });

  program
    .command('export')
    .description('Make a capture of a recording, for Wireshark.')
    .argument('<recording>', 'a file that --record wrote')
    .argument('<capture>', 'the pcapng file to write, or - for stdout')
    .option('--endpoint <name>', 'only what this endpoint sent and received')
    .option('--force', 'overwrite the capture if it exists')
    .addHelpText('after', AFTER_EXPORT)
    .action(async (recording: string, capture: string, options: ExportOptions) => {
      ended(await exportCapture(world, recording, capture, options, VERSION));
    });

  program
    .command('dissector')
    .description('Print the path of the dissector for Wireshark.')
    .addHelpText('after', AFTER_DISSECTOR)
    .action(() => {
      ended(dissector(world));
    });
}
