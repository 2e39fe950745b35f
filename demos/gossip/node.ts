/**
 * Node: one process of the gossip demo. Its words: its name, its port or 0, the address of a node
 * that it may ask, and the URL of an inspector.
 */
import { createEndpoint, formatAddress } from 'rpcudp';
import type { HealthReport } from 'rpcudp';
import { feedInspector } from 'rpcudp/inspector';
import { tell, untilTold } from '../side.js';
import type { NodeApi } from './api.js';
import { nodeHandlers } from './handlers.js';
import { Members } from './members.js';
import type { NodeReport, NoticedHealth } from './report.js';
import { Store } from './store.js';

const TICK_MS = 200;
/** Long beside a round trip on one machine, so that a busy one does not look dead. */
const TIMEOUT_MS = 1_000;

const [name = '', port = '', seed = '', inspectorUrl = ''] = process.argv.slice(2);
const tellMain = (report: NodeReport): void => tell(report);
const store = new Store(name, Date.now);
const members = new Members((member) => tellMain({ type: 'met', member }));
const endpoint = await createEndpoint({
  host: '127.0.0.1',
  port: Number(port),
  timeoutMs: TIMEOUT_MS,
  handlers: nodeHandlers(store, members),
});
const feed = inspectorUrl === '' ? undefined : feedInspector(endpoint, inspectorUrl, { name });
const told = untilTold(endpoint.address);

const self = formatAddress(endpoint.address);
members.learn([self, seed]);

/** Tells a member what is here, and takes what is new. If it does not answer, its health shows it. */
async function gossipWith(address: string): Promise<void> {
  const peer = endpoint.peer<NodeApi>(address);
  const outcome = await peer.call('exchange', [members.list(), store.digest()]);
  if (outcome.state !== 'resolved') return;
  try {
    members.learn(outcome.value.members);
    store.merge(outcome.value.entries);
  } catch (error) {
    // Types are no proof: whoever has this address may be of another kind.
    console.error(`${name} cannot read the news of ${address}: ${String(error)}`);
  }
}

// Failure detection: the endpoint finds out by the calls that gossip makes.
const noticed = (health: NoticedHealth, { peer, ...report }: HealthReport): void => {
  if (members.has(peer)) tellMain({ ...report, type: 'noticed', member: peer, health });
};
endpoint.on('peer.responsive', (report) => noticed('responsive', report));
endpoint.on('peer.suspect', (report) => {
  noticed('suspect', report);
  // Two more calls settle it: the third time-out in a row makes it silent.
  for (let call = 1; call <= 2; call++) void gossipWith(report.peer);
});
endpoint.on('peer.silent', (report) => noticed('silent', report));

const ticking = setInterval(() => {
  const address = members.next(self);
  if (address !== undefined) void gossipWith(address);
}, TICK_MS);

await told;
clearInterval(ticking);
await endpoint.close();
await feed?.close();
