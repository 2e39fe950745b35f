/**
 * `npm run demo:inspect`: a lossy network that you can watch. A client calls a server through a
 * link that loses, delays and copies datagrams, and the inspector's page shows every call. There
 * are three processes: the client, the server, and this one, which runs the link and the inspector.
 *
 *     npm run demo:inspect              prints the URL of the page
 *     npm run demo:inspect -- --open    also opens it in your browser
 *     npm run demo:inspect -- --help    shows the other options
 *
 * With `--endpoints 50 --ill 3` it is fifty endpoints in this process, and something is wrong with
 * one of them: the page shall tell with which, and what. A seed chooses.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from '@commander-js/extra-typings';
import { serveInspector } from 'rpcudp/inspector';
import { numberTo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { Side } from '../side.js';
import { openInBrowser } from './browser.js';
import { Crowd, nameOf } from './crowd.js';
import { illMember } from './illness.js';
import { LossyLink } from './lossy-link.js';
import { udpWorld } from './udp-world.js';

const values = new Command('npm run demo:inspect --')
  .description('A client calls a server through a lossy link, and the inspector shows every call.')
  .option('--open', 'also open the page in your browser')
  .option('--port <n>', 'port of the page, 0 for any free port', numberTo(65_535), 0)
  .option('--seconds <n>', 'end the demo after this many seconds', numberTo(86_400))
  .option('--seed <n>', 'make the link lose other datagrams', numberTo(0xffff_ffff), 1)
  .option('--endpoints <n>', 'in place of client and server, so many endpoints', numberTo(60))
  .option('--ill <seed>', 'with --endpoints: one is ill, as the seed chooses', numberTo(1e9))
  .parse()
  .opts();

await using inspector = await serveInspector([], { port: values.port });
if (values.endpoints === undefined) await showPair();
else await showCrowd(Math.max(2, Math.floor(values.endpoints)));

async function showPair(): Promise<void> {
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
  await watched(
    `The client ${calling} calls the server through the link at ${called}.`,
    `Within ten seconds the page shows these calls, and why they end as they do:
  calls that resolve, some after their request was sent again (the link loses one datagram in eight)
  "report", which times out, and whose answer comes late
  "find", which the server rejects with its own error
  "self_destruct", which the server refuses: it has no such procedure
  "sayhi" to 127.0.0.1:9, which times out, because nobody listens there`,
  );
  const { carried, lost, copied } = link.counts;
  console.log(
    `The link carried ${carried} of ${carried + lost} datagrams, lost ${lost} and copied ${copied}.`,
  );
}

async function showCrowd(size: number): Promise<void> {
  const ill = values.ill === undefined ? undefined : illMember(values.ill, size);
  const crowd = await Crowd.start(udpWorld(inspector, values.seed), size, ill);
  await watched(
    `${size} endpoints call each other, and ${ill === undefined ? 'none' : 'one'} of them is ill.`,
    'The first row of Overview says what is wrong, after some ten seconds.',
  );
  await crowd.close();
  if (ill === undefined) return;
  const { index, illness } = ill;
  console.log(`It was ${nameOf(index)} at ${crowd.addressOf(index)}: ${illness}.`);
}

/** Says where to watch, and resolves when the demo shall end. */
async function watched(what: string, whatToSee: string): Promise<void> {
  console.log(`
${what}
Watch at ${inspector.url}
${values.open ? 'Your browser will open it.' : 'Open it in your browser, or use --open. It needs no internet.'}

${whatToSee}

To watch in a terminal: npx rpcudp top ${inspector.url}
Ctrl-C ends it.
`);
  if (values.open) openInBrowser(inspector.url);
  const ends = [untilStopped()];
  if (values.seconds !== undefined) ends.push(sleep(values.seconds * 1_000));
  await Promise.race(ends);
}
