#!/usr/bin/env node
/** Main: the `rpcudp` command. Runs the program with the streams and signals of this process. */
import { Output } from './output.js';
import { run } from './program.js';
import { terminalOf } from './terminal.js';

const stdout = new Output(process.stdout);
const stderr = new Output(process.stderr);

const exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  terminal: terminalOf(process),
  showsProgress: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
  signals: process,
  cwd: process.cwd(),
});
// Nobody may be reading it.
stderr.hurry();
await stderr.flush().catch(() => undefined);
// Exit explicitly: timers of a served module, or a running DNS lookup, would keep the process
// alive.
process.exit(exitCode);
