/**
 * Side: an endpoint of the page benchmark, in a separate process, which feeds the inspector with
 * the recorder's defaults; without an inspector's URL it feeds none.
 */
import { once } from 'node:events';
import { createEndpoint } from 'rpcudp';
import { feedInspector } from 'rpcudp/inspector';

const [inspectorUrl = '', peerAddress = '', callsPerSecond = '0'] = process.argv.slice(2);

/** Timers come at least this often. */
const PERIOD_MS = 10;
/** After a stall, at most this many of the missed calls are made up for. */
const MAX_BURST = 500;

const endpoint = await createEndpoint({
  host: '127.0.0.1',
  mailbox: 10_000,
  handlers: { echo: (_scope, value: number) => value },
});
const name = peerAddress === '' ? 'server' : 'client';
const feed = inspectorUrl === '' ? undefined : feedInspector(endpoint, inspectorUrl, { name });
process.send?.(`${endpoint.address.host}:${endpoint.address.port}`);
process.on('message', () => {
  process.send?.(endpoint.stats().outcomes);
});

let timer: NodeJS.Timeout | undefined;
if (peerAddress !== '') {
  const peer = endpoint.peer(peerAddress);
  let lastMs = performance.now();
  let due = 0;
  timer = setInterval(() => {
    const nowMs = performance.now();
    due = Math.min(MAX_BURST, due + ((nowMs - lastMs) * Number(callsPerSecond)) / 1_000);
    lastMs = nowMs;
    for (; due >= 1; due -= 1) void peer.call('echo', [Math.floor(nowMs)]);
  }, PERIOD_MS);
}

await once(process, 'disconnect');
clearInterval(timer);
await endpoint.close();
await feed?.close();
