/**
 * `npm start`: a server and a client in one process, with one call that is answered and one that is
 * not. `npm start -- --inspect` also shows them in the inspector.
 */
import { createEndpoint } from 'rpcudp';
import { watchedDemo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import { handlers } from './handlers.js';
import { pathOf } from './path.js';

const about = 'A server and a client: a call that is answered, and one that is not.';
const options = watchedDemo('npm start --', about).parse().opts();
const server = await createEndpoint({ host: '127.0.0.1', handlers });
const client = await createEndpoint({ host: '127.0.0.1' });
const watching = await watch(options, server, client);
void untilStopped()
  .then(() => Promise.all([client.close(), server.close()]))
  .then(() => process.exit(130));

const peer = client.peer<typeof server>(server.address);
const call = peer.call('sayhi', ['Snake Plissken']);
const path = pathOf(call);
const outcome = await call;
console.log(outcome.state === 'resolved' ? outcome.value : `No answer: ${outcome.state}`);
console.log(`  ${await path}`);

// The port of a closed endpoint, on which nobody listens.
const gone = await createEndpoint({ host: '127.0.0.1' });
const { address } = gone;
await gone.close();
const lonely = client.peer<typeof server>(address).call('sayhi', ['anybody'], { timeoutMs: 1_000 });
const lonelyPath = pathOf(lonely);
const failure = await lonely;
const verdict = failure.state === 'timedOut' ? `: ${failure.verdict}` : '';
console.log(
  `Nobody answered at ${address.host}:${String(address.port)} (${failure.state}${verdict})`,
);
console.log(`  ${await lonelyPath}`);

await Promise.all([client.close(), server.close()]);
await watching.end();
