#!/usr/bin/env node
/** The `rpcudp` command. */
import { Output } from './output.js';
import { run } from './program.js';
import { terminalOf } from './terminal.js';

const stdout = new Output(process.stdout);
const stderr = new Output(process.stderr);

const exitCode = await run(process.argv.slice(2), {
  stdout,
  stderr,
  terminal: terminalOf(process),
  signals: process,
  cwd: process.cwd(),
});
await stderr.flush().catch(() => undefined);
// Not left to the event loop: a served module's timers, or a lookup under way, would hold it.
process.exit(exitCode);
