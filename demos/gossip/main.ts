/**
 * `npm run demo:gossip`: a store of keys and values over five processes. Each tells the others what
 * it knows. One is killed, and the others notice it by an event of their endpoints; it is started
 * again, and catches up.
 *
 *     npm run demo:gossip                   one round, and an exit code of 0 if all was well
 *     npm run demo:gossip -- --seconds 600  round after round for ten minutes
 *     npm run demo:gossip -- --inspect      shows all processes in the inspector
 */
import { createEndpoint } from 'rpcudp';
import { numberTo, watchedDemo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import { Community } from './community.js';
import { Story } from './story.js';

/** How long a reader waits until a node has what it reads. */
const TIMEOUT_MS = 20_000;

const about = 'A key-value store over five processes that gossip. One is killed, and comes back.';
const options = watchedDemo('npm run demo:gossip --', about)
  .option('--seconds <n>', 'begin new rounds for this many seconds', numberTo(86_400), 0)
  .parse()
  .opts();

const stopping = new AbortController();
const client = await createEndpoint({ host: '127.0.0.1', timeoutMs: TIMEOUT_MS });
const watching = await watch(options, client);
void untilStopped().then(async () => {
  stopping.abort();
  await client.close();
});
const community = new Community(watching.url ?? '', (line) => console.log(line), stopping.signal);

async function tell(): Promise<void> {
  const endsAtMs = performance.now() + options.seconds * 1_000;
  const story = new Story(community, client);
  await story.begins();
  let round = 0;
  do await story.goesOn(round++);
  while (performance.now() < endsAtMs);
  console.log('\nAll was as it should be');
}

await tell().catch((error: unknown) => {
  if (stopping.signal.aborted) return;
  console.error(error);
  process.exitCode = 1;
});
await watching.end();
await Promise.all(community.nodes.map((node) => node[Symbol.asyncDispose]()));
await client.close();
