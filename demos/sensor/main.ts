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
import { showRefusals } from './refusals.js';
import { issueToken } from './token.js';

const NAMES = ['greenhouse', 'cellar', 'roof'];
const VALID_FOR_MS = 24 * 60 * 60 * 1_000;

const about = 'Devices with signed tokens send readings to a service that is stopped gracefully.';
const options = watchedDemo('npm run demo:sensor --', about)
  .option('--seconds <n>', 'send readings for this many seconds', numberTo(86_400), 3)
  .parse()
  .opts();

const stopped = untilStopped();
const watching = await watch({ ...options, mask: ['token'] });
const folder = await mkdtemp(join(tmpdir(), 'rpcudp-sensor-'));
const path = join(folder, 'journal');
const secret = randomBytes(32).toString('hex');
// Processes that this one starts inherit it. On a command line, all users could read it.
process.env['SENSOR_SECRET'] = secret;
const server = await Side.start(new URL('server.ts', import.meta.url), [path, watching.url ?? '']);
console.log(`The server is process ${server.processId} at port ${server.address.port}\n`);

await showRefusals(server.address, secret);

const devices = await Promise.all(
  NAMES.map((name) => {
    const token = issueToken({ name, expiresAtMs: Date.now() + VALID_FOR_MS }, secret);
    return Device.open(name, server.address, token);
  }),
);
for (const { endpoint } of devices) watching.add(endpoint);
console.log(`\n${NAMES.join(', ')} send readings for ${options.seconds} s`);
const running = devices.map((device) => device.run());
await Promise.race([sleep(options.seconds * 1_000, undefined, { ref: false }), stopped]);

console.log('\nSIGTERM is sent to the server, while devices send');
const exitCode = await server.kill('SIGTERM');
await Promise.all(running);

const lost = await lostReadings(path, devices);
const count = (numberOf: (device: Device) => number): number =>
  devices.reduce((sum, device) => sum + numberOf(device), 0);
const answered = count((device) => device.answered.length);
console.log(`
${answered} readings were answered. In the journal ${lost.length} of them are missing ${lost.join(', ')}
${count(({ refused }) => refused)} were refused, because the server stopped
${count(({ unanswered }) => unanswered)} had no answer, because it was gone`);
if (exitCode !== 0 || answered === 0 || lost.length > 0) process.exitCode = 1;

await Promise.all(devices.map(({ endpoint }) => endpoint.close()));
await rm(folder, { recursive: true });
await watching.end();
