/** The program: its commands, their options and their help. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { parseWholeNumber } from './arguments.js';
import { call } from './call.js';
import type { CallOptions } from './call.js';
import { decode } from './decode.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { dissector, exportCapture } from './export.js';
import type { ExportOptions } from './export.js';
import type { InspectCommandOptions } from './inspect.js';
import { parseKeys } from './inspection.js';
import { messageOf } from '../legible/printable.js';
import { serve } from './serve.js';
import type { ServeOptions } from './serve.js';
import type { TopOptions } from './top.js';
import type { World } from './world.js';

const HELP_WIDTH = 80;

const AFTER_SERVE = `
The module exports its procedures as an object, each a function of the scope of
its request and the caller's arguments:

  export const handlers = {
    sayhi: ({ sender }, name) => \`Hello \${name} at \${sender.host}\`,
  };

It may export the contract that they are held to as well, as "contract".

Every request is a line: time, peer, procedure, ending, duration, size of reply.
Anybody who reaches the address can call the procedures, so only this machine
can until you say otherwise: --host 0.0.0.0 (IPv4) or --host :: (both).
Ctrl-C waits up to a second for procedures that run; twice, it does not.`;

const AFTER_CALL = `
An argument is JSON if it reads as JSON, else a string:

  5  -1.5  true  null  '[1, 2]'  '{"a": 1}'   JSON; integers keep all 64 bits
  Snake  'two words'  '"5"'                   strings
  hex:00ff  base64:AP8=                       bytes
  text:hex:00ff  text:5                       strings, whatever they begin with
  -- -x                                       after --, nothing is an option

The prefixes count inside JSON as well, and the output has them: bytes are
"hex:…". A date is an ISO 8601 string, a map with keys that are no strings an
array of entries, NaN and Infinity are strings.

Exit code: 0 resolved, 1 mistake or local error, 2 rejected, 3 timed out,
130 interrupted.

Example:

  rpcudp call 127.0.0.1:1234 sayhi Snake --timeout 500`;

const AFTER_DECODE = `
White space, colons and 0x are skipped, in any number of words:

  rpcudp decode 01000102030405060708090a0b0c0d0e0f10111213a2686f
  rpcudp decode 01:00:01 02030405 0x06 …`;

const AFTER_EXPORT = `
Each endpoint is an interface of the capture: a datagram that both ends recorded
is there twice, sent on one and received on the other. IP and UDP headers are
made up around what was recorded. The comment of a packet says what became of
it, and what of it is missing.

  rpcudp serve ./handlers.js --port 1234 --record served.jsonl
  rpcudp export served.jsonl served.pcapng
  wireshark -X lua_script:"$(rpcudp dissector)" \\
    -o rpcudp.ports:1234 served.pcapng`;

const AFTER_DISSECTOR = `
It works for captures of the network as well, in Wireshark and tshark:

  tshark -X lua_script:"$(rpcudp dissector)" -o rpcudp.ports:1234 -i any`;

const AFTER_TOP = `
The URL is that of an inspector's page: "rpcudp inspect" prints it, and so does
a command with --inspect. Without one, top is an inspector itself, and shows the
URL to be fed:

  rpcudp top
  rpcudp serve ./handlers.js --inspect http://127.0.0.1:4000/0123…/

Ctrl-C or q ends it. Where stdout is no terminal, and with --once or --json,
it looks for a second, prints what there is, and ends. NO_COLOR is honoured.`;

const RECORD = ['--record <file>', 'record what happens, for rpcudp inspect and export'] as const;
const RECORD_MIB = [
  '--record-mib <n>',
  'how large the recording may grow; the oldest goes (default: 64)',
  parseWholeNumber,
] as const;

const INSPECT = [
  '--inspect [url]',
  'show it in an inspector: its own, or that at the URL of its page',
] as const;
const MASK = [
  '--mask <keys>',
  'what is not inspected or recorded: the values under these keys, as in password,token',
  parseKeys,
] as const;

const AFTER_INSPECT = `
The URL is that of the page, and of those who feed it. It has a random token:
whoever knows it, on this machine, sees all calls with arguments and results.

  rpcudp inspect --port 4000      # with --token as well, its URL survives a restart
  rpcudp serve ./handlers.js --inspect http://127.0.0.1:4000/0123…/

With a file, what --record wrote into it is shown.`;

/** Runs the command line `words` and gives its exit code. Everything is said; it never throws. */
export async function run(words: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODE.success;
  const program = createProgram(world, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => {
      // Help, the version, or a mistake in the command line: commander has said it.
      if (!(error instanceof CommanderError)) throw error;
      exitCode = error.exitCode === 0 ? EXIT_CODE.success : EXIT_CODE.failure;
    });
    await world.stdout.flush();
    return exitCode;
  } catch (error) {
    world.stderr.print(`error: ${messageOf(error)}`);
    return EXIT_CODE.failure;
  }
}

function createProgram(world: World, ended: (code: ExitCode) => void): Command {
  const program = new Command('rpcudp')
    .description('Remote procedure calls over UDP: serve them, make them, look inside them.')
    .version(readVersion(), '--version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    });

  program.addHelpText('after', '\nrpcudp <command> --help says more about each.');

  program
    .command('serve')
    .description('Serve the procedures of a JavaScript module.')
    .argument('<module>', 'path of the module, which exports "handlers"')
    .option('--host <ip>', 'local IP address to listen on', '127.0.0.1')
    .option('--port <number>', 'local UDP port, 0 for any free one', parseWholeNumber, 0)
    .option(...RECORD)
    .option(...RECORD_MIB)
    .option(...INSPECT)
    .option(...MASK)
    .addHelpText('after', AFTER_SERVE)
    .action(async (modulePath: string, options: ServeOptions) => {
      ended(await serve(world, modulePath, options));
    });

  program
    .command('call')
    .description('Call a procedure and print its value as JSON.')
    .argument('<host:port>', 'address of the peer; IPv6 as [::1]:port')
    .argument('<procedure>', 'name of the procedure')
    .argument('[args...]', 'its arguments')
    .option('--timeout <ms>', 'how long to wait for the answer (default: 5000)', parseWholeNumber)
    .option(
      '--attempts <n>',
      'how often to send it in all (default: 1, for the peer is not known yet)',
      parseWholeNumber,
    )
    .option('--json', 'print the whole outcome, whatever it is')
    .option(...RECORD)
    .option(...RECORD_MIB)
    .option(...INSPECT)
    .option(...MASK)
    .addHelpText('after', AFTER_CALL)
    .action(async (address: string, procedure: string, args: string[], options: CallOptions) => {
      ended(await call(world, address, procedure, args, options));
    });

  program
    .command('decode')
    .description('Explain the bytes of a datagram.')
    .argument('<hex...>', 'the datagram in hexadecimal')
    .addHelpText('after', AFTER_DECODE)
    .action((words: string[]) => {
      ended(decode(world, words));
    });

  program
    .command('inspect')
    .description('Serve a page that shows what happens at endpoints.')
    .argument('[recording]', 'file that --record made, to be shown')
    .option('--port <number>', 'TCP port of the page, 0 for any free one', parseWholeNumber, 0)
    .option('--token <text>', 'the secret part of its URL (default: a random one)')
    .addHelpText('after', AFTER_INSPECT)
    .action(async (recording: string | undefined, options: InspectCommandOptions) => {
      const { inspect } = await import('./inspect.js');
      ended(await inspect(world, recording, options));
    });

  program
    .command('top')
    .description('Show live counts of endpoints in this terminal.')
    .argument('[url]', 'URL of the inspector that they feed')
    .option('--once', 'print what there is, and end')
    .option('--json', 'the same as JSON')
    .addHelpText('after', AFTER_TOP)
    .action(async (url: string | undefined, options: TopOptions) => {
      const { top } = await import('./top.js');
      ended(await top(world, url, options));
    });

  program
    .command('export')
    .description('Make a capture of a recording, for Wireshark.')
    .argument('<recording>', 'file that --record made')
    .argument('<capture>', 'pcapng file to be made, or - for stdout')
    .option('--endpoint <name>', 'only what this endpoint sent and received')
    .option('--force', 'overwrite the capture if it is there')
    .addHelpText('after', AFTER_EXPORT)
    .action(async (recording: string, capture: string, options: ExportOptions) => {
      ended(await exportCapture(world, recording, capture, options, readVersion()));
    });

  program
    .command('dissector')
    .description('Print the path of the dissector for Wireshark.')
    .addHelpText('after', AFTER_DISSECTOR)
    .action(() => {
      ended(dissector(world));
    });

  return program;
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
