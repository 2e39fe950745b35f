/**
 * `npm run demo:restore`: a process is killed in the middle of a call, and started again. It goes on
 * with the call, and the procedure has run once. With `-- --inspect` the server shows in the
 * inspector.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createEndpoint } from 'rpcudp';
import { watchedDemo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import { Oven } from './oven.js';

/** If the second process comes too late to ask again, it still gets the answer to the first. */
const PATIENCE_MS = 5_000;

const about =
  'A process is killed in the middle of a call, and goes on with it when it comes back.';
const options = watchedDemo('npm run demo:restore --', about).parse().opts();

const oven = new Oven();
const server = await createEndpoint({
  host: '127.0.0.1',
  handlerTimeoutMs: 300_000,
  handlers: oven.handlers,
});
const watching = await watch(options, server);
const folder = await mkdtemp(join(tmpdir(), 'rpcudp-restore-'));
const stopping = new AbortController();
const { signal } = stopping;
void untilStopped().then(() => {
  stopping.abort();
});

let waiter: ChildProcess | undefined;

/** Starts the process that calls. Resolves when its machine waits, and is on the disk. */
async function start(): Promise<ChildProcess> {
  const words = [`127.0.0.1:${String(server.address.port)}`, join(folder, 'waiter.json')];
  waiter = fork(new URL('waiter.ts', import.meta.url), words);
  console.log(`Process ${String(waiter.pid)} starts`);
  await once(waiter, 'message', { signal });
  return waiter;
}

async function demonstrate(): Promise<void> {
  const first = await start();
  await Promise.race([oven.baking, once(first, 'exit', { signal })]);
  first.kill('SIGKILL');
  await once(first, 'exit', { signal });
  console.log('It is killed, while the server bakes for it');
  const askedAgain = new Promise((resolve) => {
    server.on('request.settled', ({ ending }) => {
      if (ending === 'duplicate') resolve(undefined);
    });
  });
  const second = await start();
  const ended = once(second, 'exit', { signal });
  await Promise.race([askedAgain, setTimeout(PATIENCE_MS, undefined, { ref: false, signal })]);
  oven.finish();
  await ended;
  console.log(`The server baked ${String(oven.baked)} time`);
}

await demonstrate().catch((error: unknown) => {
  if (!signal.aborted) throw error;
});
oven.finish();
waiter?.kill('SIGKILL');
await server.close();
await rm(folder, { recursive: true });
await watching.end();
