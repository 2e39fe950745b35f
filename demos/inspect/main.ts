/**
 * `npm run demo:inspect`: a lossy network that you can watch. A client calls a server through a
 * link that loses, delays and copies datagrams, and the inspector's page shows every call. There
 * are three processes: the client, the server, and this one, which runs the link and the inspector.
 *
 *     npm run demo:inspect              prints the URL of the page
 *     npm run demo:inspect -- --open    also opens it in your browser
 *     npm run demo:inspect -- --help    shows the other options
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from '@commander-js/extra-typings';
import { serveInspector } from 'rpcudp/inspector';
import { numberTo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { Side } from '../side.js';
import { openInBrowser } from './browser.js';
import { LossyLink } from './lossy-link.js';

const values = new Command('npm run demo:inspect --')
  .description('A client calls a server through a lossy link, and the inspector shows every call.')
  .option('--open', 'also open the page in your browser')
  .option('--port <n>', 'port of the page, 0 for any free port', numberTo(65_535), 0)
  .option('--seconds <n>', 'end the demo after this many seconds', numberTo(86_400))
  .option('--seed <n>', 'make the link lose other datagrams', numberTo(0xffff_ffff), 1)
  .parse()
  .opts();

await using inspector = await serveInspector([], { port: values.port });
await using server = await Side.start(new URL('server.ts', import.meta.url), [inspector.url]);
await using link = await LossyLink.open(server.address, {
  seed: values.seed,
  loss: 0.12,
  copies: 0.05,
  delayMs: [15, 35],
});
await using client = await Side.start(new URL('client.ts', import.meta.url), [
  inspector.url,
  `${link.address.host}:${link.address.port}`,
]);

const calling = `${client.address.host}:${client.address.port}`;
const called = `${link.address.host}:${link.address.port}`;
console.log(`
The client ${calling} calls the server through the link at ${called}.
Watch at ${inspector.url}
${values.open ? 'Your browser will open it.' : 'Open it in your browser, or use --open. It needs no internet.'}

Within ten seconds the page shows these calls, and why they end as they do:
  calls that resolve, some after their request was sent again (the link loses one datagram in eight)
  "report", which times out, and whose answer comes late
  "find", which the server rejects with its own error
  "self_destruct", which the server refuses: it has no such procedure
  "sayhi" to 127.0.0.1:9, which times out, because nobody listens there

To watch in a terminal: npx rpcudp top ${inspector.url}
Ctrl-C ends it.
`);
if (values.open) openInBrowser(inspector.url);

const ends = [untilStopped()];
if (values.seconds !== undefined) ends.push(sleep(values.seconds * 1_000));
await Promise.race(ends);

const { carried, lost, copied } = link.counts;
console.log(
  `The link carried ${carried} of ${carried + lost} datagrams, lost ${lost} and copied ${copied}.`,
);
