/**
 * Measured: the process of the soak that is measured. It has one endpoint, which serves strangers
 * and honest clients, calls the clients back, and calls peers that are dead.
 */
import type * as udp from '../../../dist/transport/udp.js';
import { createEndpoint } from 'rpcudp';
import type { HandlerScope } from 'rpcudp';
import { converse } from '../comparison/conversation.js';
import { inside } from '../inside.js';
import { ForgedSources } from './forged-sources.js';
import type { Listening, MeasuredSample } from './samples.js';

const { udpTransport } = (await inside('transport/udp.js')) as typeof udp;

const MAX_PEERS = 2_000;
/** How often a peer is called that is dead. Each is another one. */
const DEAD_EVERY_MS = 50;
const DEAD_TIMEOUT_MS = 1_000;

const [strangersPort = ''] = process.argv.slice(2);
const transport = new ForgedSources(
  udpTransport({ host: '127.0.0.1', port: 0 }),
  Number(strangersPort),
);
const endpoint = await createEndpoint({
  transport,
  maxPeers: MAX_PEERS,
  handlers: { echo: (_: unknown, text: string): string => text, callBack },
});

/** Calls the sender's own procedure, and gives its answer, or how the call ended. */
async function callBack(scope: HandlerScope, text: string): Promise<unknown> {
  const outcome = await scope.endpoint.peer(scope.sender).call('echo', [text]);
  return outcome.state === 'resolved' ? outcome.value : outcome.state;
}

let deadCalled = 0;
let callsToTheDead = 0;

/** Calls a peer in a network in which nobody is (RFC 5737). */
async function callTheDead(): Promise<void> {
  deadCalled += 1;
  const host = `203.0.113.${deadCalled & 255}`;
  const port = 1_024 + ((deadCalled >>> 8) % 64_000);
  const peer = endpoint.peer({ host, port });
  await peer.call('echo', [''], { timeoutMs: DEAD_TIMEOUT_MS });
  callsToTheDead += 1;
}

setInterval(() => {
  // There may be no room for one more peer.
  callTheDead().catch(() => undefined);
}, DEAD_EVERY_MS);

function sample(): MeasuredSample {
  if (globalThis.gc === undefined) throw new Error('Memory is measured with --expose-gc');
  // The second collection frees what the first one has finalised.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  const { kernelDrops = 0, peersNow, rememberedNow } = endpoint.stats();
  return {
    heapBytes: heapUsed,
    rssBytes: rss,
    addresses: transport.strangers,
    strangerDatagrams: transport.strangerDatagrams,
    kernelDrops,
    peersNow,
    rememberedNow,
    callsToTheDead,
  };
}

const { port } = endpoint.address;
converse({ port } satisfies Listening, sample);
