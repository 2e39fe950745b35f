/** The program: its commands, their options and their help. */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../copies/version.js';
import { parseHeader, parseWholeNumber } from './arguments.js';
import { call } from './call.js';
import type { CallOptions } from './call.js';
import { decode } from './decode.js';
import { CLASS_NAMES, CLASSES } from '../doctor/class.js';
import type { ClassName } from '../doctor/class.js';
import type { DoctorOptions } from './doctor.js';
import { EXIT_CODE } from './exit-code.js';
import type { ExitCode } from './exit-code.js';
import { addInspectingCommands } from './inspecting-commands.js';
import { parseKeys } from './inspection.js';
import { messageOf } from '../legible/printable.js';
import { addDescribingCommands } from './describing-commands.js';
import { serve } from './serve.js';
import type { ServeOptions } from './serve.js';
import type { World } from './world.js';

const HELP_WIDTH = 80;

const AFTER_SERVE = `
The module exports its procedures as an object. Each is a function that takes
the scope of its request, then the caller's arguments:

  export const handlers = {
    sayhi: ({ sender }, name) => \`Hello \${name} at \${sender.host}\`,
  };

It may also export "contract", a contract that checks calls of the procedures,
"use", a list of middleware around them, and "describe", doc strings.

Each request is one line: time, peer, procedure, ending, duration, reply size.
Anybody who reaches the address can call the procedures. So by default only this
machine can; change that with --host 0.0.0.0 (IPv4) or --host :: (both).
--metrics needs the package prom-client, and only this machine can read them.
Ctrl-C waits up to a second for running procedures; a second Ctrl-C does not.`;

const AFTER_CALL = `
An argument that is valid JSON is read as JSON. Any other is a string:

  5  -1.5  true  null  '[1, 2]'  '{"a": 1}'   JSON; integers keep all 64 bits
  Snake  'two words'  '"5"'                   strings
  hex:00ff  base64:AP8=                       bytes
  date:2026-12-01T10:30:00Z  bigint:5         a date, and a bigint
  text:hex:00ff  text:5                       strings, with any content
  -- -x                                       after --, nothing is an option

The prefixes work inside JSON too, and the output uses them: bytes are "hex:…".
In it, a date is an ISO 8601 string and a bigint its digits, a map with keys
other than strings is an array of entries, and NaN and Infinity are strings.

The value of a header is text, or bytes with the prefix hex: or base64:.

A peer that describes itself is asked first what the procedure takes, and the
arguments are checked before they are sent. Any other peer costs a probe, and a
twentieth of the time-out; --no-check spares that.

Exit code: 0 resolved, 1 mistake or local error, 2 rejected, 3 timed out,
130 interrupted.

Example:

  rpcudp call 127.0.0.1:1234 sayhi Snake --timeout 500`;

const AFTER_DOCTOR = `
It asks by probes, which run nothing, from a port of its own. If these are not
answered, it calls "stun", which has no effect in Kademlia, up to three times.
With --call it calls another procedure, which an old server (Python's rpcudp)
must have, and which must do no harm:

  rpcudp doctor 192.0.2.7:8468 --call ping '"hex:00ff"'
  rpcudp doctor server.example:1234 --from 5678 --json

It takes some seconds, or up to two minutes where much is lost. Exit codes,
beside 1 for a mistake or local error and 130 for interrupted:

${CLASS_NAMES.map(lineOfClass).join('\n')}`;

const AFTER_DECODE = `
White space, colons and 0x are ignored, and the bytes may be several words:

  rpcudp decode 01000102030405060708090a0b0c0d0e0f10111213a2686f
  rpcudp decode 01:00:01 02030405 0x06 …`;

const RECORD = ['--record <file>', 'record what happens, for rpcudp inspect and export'] as const;
const RECORD_MIB = [
  '--record-mib <n>',
  'the most MiB of the recording; older records are removed (default: 64)',
  parseWholeNumber,
] as const;

const METRICS = [
  '--metrics <port>',
  'serve metrics for Prometheus at this TCP port of 127.0.0.1; 0 for any free port',
  parseWholeNumber,
] as const;

const INSPECT = [
  '--inspect [url]',
  'show the endpoint in an inspector: a new one, or the one with this page URL',
] as const;
const MASK = [
  '--mask <keys>',
  'do not show or record the values under these keys, for example password,token',
  parseKeys,
] as const;

/** A class of the doctor, in the list of its exit codes. */
function lineOfClass(name: ClassName): string {
  const { exitCode, words } = CLASSES[name];
  return `  ${String(exitCode).padStart(2)}  ${name.padEnd(18)}${words}`;
}

/** Runs the command line `words` and returns its exit code. Prints all errors and never throws. */
export async function run(words: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODE.success;
  const program = createProgram(world, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => {
      // For help, the version, or a mistake in the command line, commander has printed already.
      if (!(error instanceof CommanderError)) throw error;
      exitCode = error.exitCode === 0 ? EXIT_CODE.success : EXIT_CODE.failure;
    });
    await world.stdout.flush();
    const { dropped } = world.stdout;
    if (dropped > 0) {
      const count = dropped.toLocaleString('en');
      world.stderr.print(`warning: nobody read stdout in time; lines not printed: ${count}`);
    }
    return exitCode;
  } catch (error) {
    world.stderr.print(`error: ${messageOf(error)}`);
    return EXIT_CODE.failure;
  }
}

function createProgram(world: World, ended: (code: ExitCode) => void): Command {
  const program = new Command('rpcudp')
    .description('Remote procedure calls over UDP: serve them, make them, look inside them.')
    .version(VERSION, '--version', 'show the version')
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

  program.addHelpText('after', '\nFor more about a command: rpcudp <command> --help');

  program
    .command('serve')
    .description('Serve the procedures of a JavaScript module.')
    .argument('<module>', 'path of the module, which exports "handlers"')
    .option('--host <ip>', 'local IP address to listen on', '127.0.0.1')
    .option('--port <number>', 'local UDP port; 0 for any free port', parseWholeNumber, 0)
    .option('--describe', 'answer rpcudp list: tell callers the procedures')
    .option(...RECORD)
    .option(...RECORD_MIB)
    .option(...INSPECT)
    .option(...MASK)
    .option(...METRICS)
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
      'how many times to send it at most (default: once, and again if a probe is answered)',
      parseWholeNumber,
    )
    .option(
      '--header <name=value>',
      'send a header to an rpcudp endpoint; may be repeated',
      parseHeader,
    )
    .option('--no-check', 'do not first ask the peer what arguments the procedure takes')
    .option('--json', 'print the whole outcome, of whatever kind')
    .option(...RECORD)
    .option(...RECORD_MIB)
    .option(...INSPECT)
    .option(...MASK)
    .addHelpText('after', AFTER_CALL)
    .action(async (address: string, procedure: string, args: string[], options: CallOptions) => {
      ended(await call(world, address, procedure, args, options));
    });

  addDescribingCommands(program, world, ended);

  program
    .command('doctor')
    .description('Find out why a peer does not answer, or how well it does.')
    .argument('<host:port>', 'address of the peer; IPv6 as [::1]:port')
    .option('--call <words...>', 'a procedure that an old server has, and its arguments')
    .option('--from <port>', 'the local port to ask from first', parseWholeNumber)
    .option('--json', 'print diagnosis, findings and evidence as JSON')
    .addHelpText('after', AFTER_DOCTOR)
    .action(async (address: string, options: DoctorOptions) => {
      const { doctor } = await import('./doctor.js');
      ended(await doctor(world, address, options));
    });

  program
    .command('decode')
    .description('Explain the bytes of a datagram.')
    .argument('<hex...>', 'the datagram in hexadecimal')
    .addHelpText('after', AFTER_DECODE)
    .action((words: string[]) => {
      ended(decode(world, words));
    });

  addInspectingCommands(program, world, ended);
  return program;
}
