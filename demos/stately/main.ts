/**
 * `npm run demo:stately`: two endpoints in Stately's inspector. Every call is a state machine that
 * you can watch.
 *
 *     npm run demo:stately              prints the URL of the page
 *     npm run demo:stately -- --open    opens it in your browser
 */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from '@commander-js/extra-typings';
import { createWebSocketInspector } from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';
import { createEndpoint, type Call } from 'rpcudp';
import { untilStopped } from '../until-stopped.js';

const { open = false } = new Command('npm run demo:stately --')
  .description(
    "Two endpoints in Stately's inspector. Every call is a state machine that you can watch.",
  )
  .option('--open', 'open the page in your browser')
  .parse()
  .opts();

const relayPort = await freePort();
const relay = createInspectorServer({ port: relayPort, autoOpen: open });
const { inspect, stop: stopInspector } = createWebSocketInspector({
  url: `ws://localhost:${relayPort}`,
});

let greetings = 0;
const server = await createEndpoint({
  host: '127.0.0.1',
  inspect,
  handlers: {
    sayhi: async (_scope, name: string) => {
      greetings += 1;
      // Every fourth answer comes after its caller has given up.
      if (greetings % 4 === 0) await sleep(350);
      return `Hello ${name}`;
    },
  },
});
const client = await createEndpoint({ host: '127.0.0.1', inspect, timeoutMs: 250, lingerMs: 500 });

const talker = client.peer<typeof server>(server.address);
// The discard port (RFC 863), where nothing answers.
const silent = client.peer<typeof server>('127.0.0.1:9');

console.log(`
Watch at http://localhost:${relayPort} soon: the relay keeps only the last 200 messages.
Stately's page needs the internet, and its relay listens on all interfaces without checking Origin.
Ctrl-C ends it.
`);

let calls = 0;
const timer = setInterval(() => {
  calls += 1;
  const peer = calls % 5 === 0 ? silent : talker;
  printPath(peer.call('sayhi', ['Snake Plissken']));
}, 500);

await untilStopped();
clearInterval(timer);
await client.close();
await server.close();
stopInspector();
relay.stop();
// An open page would keep its connection to the relay, and so keep this process alive.
process.exit();

/** Prints the states of a call, when it has ended. */
function printPath(call: Call): void {
  const path: string[] = [call.state];
  call.subscribe({
    next: (snapshot) => path.push(snapshot.value),
    complete: () => {
      console.log(`${call.id} to ${call.getSnapshot().context.peer}: ${path.join(' → ')}`);
    },
  });
}

/** Finds a free port, because with port 0 the relay would not report its port. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
