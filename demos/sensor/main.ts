/**
 * `npm run demo:sensor`: devices send readings to a service that knows them by a signed token. Who
 * has none is refused. Then the service is stopped by SIGTERM in the middle of its work, and no
 * reading that it answered is lost.
 *
 *     npm run demo:sensor                   readings for three seconds
 *     npm run demo:sensor -- --seconds 600  readings for ten minutes
 *     npm run demo:sensor -- --inspect      shows both sides in the inspector; tokens are masked
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { numberTo, watchedDemo } from '../command-line.js';
import { Side } from '../side.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import { Device } from './device.js';
import { lostReadings } from './lost-readings.js';
import { Refusals } from './refusals.js';
import { issueToken } from './token.js';

const NAMES = ['greenhouse', 'cellar', 'roof'];
/** So many that some of them run when the server stops. */
const LAST_READINGS = 15;
const VALID_FOR_MS = 24 * 60 * 60 * 1_000;

const about = 'Devices with signed tokens send readings to a service that is stopped gracefully.';
const options = watchedDemo('npm run demo:sensor --', about)
  .option('--seconds <n>', 'send readings for this many seconds', numberTo(86_400), 3)
  .parse()
  .opts();

const stopping = new AbortController();
void untilStopped().then(() => stopping.abort());
const watching = await watch({ ...options, mask: ['token'] });
const folder = await mkdtemp(join(tmpdir(), 'rpcudp-sensor-'));
const path = join(folder, 'journal');
const secret = randomBytes(32).toString('hex');
// Processes that this one starts inherit it. On a command line, all users could read it.
process.env['SENSOR_SECRET'] = secret;

async function open(name: string, server: Side): Promise<Device> {
  const token = issueToken({ name, expiresAtMs: Date.now() + VALID_FOR_MS }, secret);
  const device = await Device.open(name, server.address, token);
  watching.add(device.endpoint);
  return device;
}

/** Lets devices send until the server is told to stop, and waits until it has. */
async function sendThenStop(server: Side, devices: readonly Device[]): Promise<void> {
  console.log(`\n${NAMES.join(', ')} send readings for ${options.seconds} s`);
  const gone = new AbortController();
  const running = devices.map((device) => device.run(gone.signal));
  const signal = AbortSignal.any([stopping.signal, gone.signal]);
  const enough = sleep(options.seconds * 1_000, undefined, { signal });
  await Promise.race([enough, ...running]).catch(() => undefined);
  if (devices.some(({ unanswered }) => unanswered > 0)) process.exitCode = 1;

  // Ctrl-C has reached the server already, perhaps before this process. A second signal would end it.
  const stops = stopping.signal.aborted || devices.some(({ hasStopped }) => hasStopped);
  if (stops) await server[Symbol.asyncDispose]();
  else {
    for (const device of devices) device.send(LAST_READINGS, gone.signal);
    console.log('\nSIGTERM is sent to the server, with many readings on their way');
    await server.kill('SIGTERM');
  }
  gone.abort();
  await Promise.all(running);
}

/** Says what became of all readings. */
async function takeStock(devices: readonly Device[]): Promise<void> {
  const count = (numberOf: (device: Device) => number): number =>
    devices.reduce((sum, device) => sum + numberOf(device), 0);
  const answered = count((device) => device.answered.length);
  const lost = await lostReadings(path, devices);
  console.log(`
${answered} readings were answered, ${answered - lost.length} of them are in the journal
${count(({ refused }) => refused.closing)} were refused, because the server was about to stop
${count(({ refused }) => refused.overloaded)} were refused, because too many ran at once
${count(({ unanswered }) => unanswered)} had no answer, because it was gone`);
  const wrong = [
    ...lost.map((reading) => `${reading}: lost`),
    ...devices.flatMap(({ failed }) => failed),
  ];
  for (const line of wrong) console.log(line);
  if (answered === 0 || wrong.length > 0) process.exitCode = 1;
}

async function demonstrate(): Promise<void> {
  await using server = await Side.start(new URL('server.ts', import.meta.url), [
    path,
    watching.url ?? '',
  ]);
  console.log(`The server is process ${server.processId} at port ${server.address.port}\n`);
  await new Refusals(server.address, stopping.signal).show(secret);
  const devices = await Promise.all(NAMES.map((name) => open(name, server)));
  try {
    await sendThenStop(server, devices);
    await takeStock(devices);
  } finally {
    await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
  }
  if ((await server.ended()) !== 0) process.exitCode = 1;
}

await demonstrate().catch((error: unknown) => {
  if (stopping.signal.aborted) return;
  console.error(error);
  process.exitCode = 1;
});
await rm(folder, { recursive: true });
await watching.end();
