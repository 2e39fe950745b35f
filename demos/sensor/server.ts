/**
 * Server of the sensor demo: a process that keeps readings. Its words: the path of its journal, and
 * the URL of an inspector. The secret that signs tokens is in the environment.
 *
 * SIGTERM stops it gracefully: whoever was told that a reading is kept finds it in the journal.
 */
import process from 'node:process';
import { createEndpoint } from 'rpcudp';
import { feedInspector } from 'rpcudp/inspector';
import { untilLeft } from '../side.js';
import { untilStopped } from '../until-stopped.js';
import { authentication } from './authentication.js';
import { sensorContract } from './contract.js';
import { Durations } from './durations.js';
import { sensorHandlers } from './handlers.js';
import { Journal } from './journal.js';

const [path = '', inspectorUrl = ''] = process.argv.slice(2);
const secret = process.env['SENSOR_SECRET'] ?? '';
const journal = await Journal.open(path);
const durations = new Durations((line) => console.log(`  The log of the server: ${line}`));

const endpoint = await createEndpoint({
  host: '127.0.0.1',
  contract: sensorContract,
  use: [durations.middleware, authentication(secret, Date.now)],
  handlers: sensorHandlers(journal),
});
const feed =
  inspectorUrl === ''
    ? undefined
    : feedInspector(endpoint, inspectorUrl, { name: 'server', mask: ['token'] });

await Promise.race([untilStopped(), untilLeft(endpoint.address)]);
// New requests are refused from here on. Those that run end, and their answers leave.
await endpoint.drain();
await journal.close();
await endpoint.close();
await feed?.close();
console.log('The server has stopped. What its requests took:');
for (const line of durations.lines()) console.log(`  ${line}`);
if (process.connected) process.disconnect();
