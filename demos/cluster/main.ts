/**
 * `npm run demo:cluster`: several processes serve one UDP port. Each client's address belongs to
 * one worker, so a repeated request reaches the worker that remembers it. With `-- --inspect` the
 * inspector shows all of them.
 */
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { decodeMulti, encode } from '@msgpack/msgpack';
import { createEndpoint } from 'rpcudp';
import { forkWorkers } from 'rpcudp/cluster';
import { watchedDemo } from '../command-line.js';
import { watch } from '../watch.js';

const CLIENTS = 6;
const HEADER_BYTES = 21;

const about = 'One UDP port, served by several processes.';
const watching = await watch(watchedDemo('npm run demo:cluster --', about).parse().opts());
const workers = await forkWorkers({
  workers: Math.max(2, availableParallelism()),
  exec: new URL('worker.ts', import.meta.url),
  args: watching.url === undefined ? [] : [watching.url],
});
const [address] = workers.addresses;
if (address === undefined) throw new Error('The workers share no address');
console.log(`${String(workers.size)} workers share port ${String(address.port)}\n`);

for (let number = 1; number <= CLIENTS; number++) {
  await using client = await createEndpoint({ host: '127.0.0.1' });
  watching.add(client);
  const peer = client.peer(address);
  for (let call = 1; call <= 2; call++) {
    const outcome = await peer.call('whoServes');
    const answer = outcome.state === 'resolved' ? String(outcome.value) : outcome.state;
    console.log(`port ${String(client.address.port)}, call ${String(call)}: ${answer}`);
  }
}

console.log('\nOne request, sent three times from one port:');
const socket = createSocket('udp4');
const request = Buffer.concat([Buffer.of(0), randomBytes(20), encode(['whoServes', []])]);
for (let copy = 1; copy <= 3; copy++) {
  socket.send(request, address.port, address.host);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  const { value } = decodeMulti(answer.subarray(HEADER_BYTES)).next();
  console.log(`copy ${String(copy)}: ${String(value)}`);
}
socket.close();
await workers.close();
await watching.end();
