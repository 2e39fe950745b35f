/**
 * Overloaded: a client of the page benchmark that is asked for more calls than can succeed. Every
 * second call goes to a peer that does not answer, so that most of these find its mailbox full. It
 * reports how many calls resolved, and the processor's time that it took.
 */
import { createEndpoint } from 'rpcudp';
import { feedInspector } from 'rpcudp/inspector';

const [inspectorUrl = '', serverAddress = '', callsPerSecond = '0', seconds = '0'] =
  process.argv.slice(2);

/** The discard port (RFC 863), where nothing answers. */
const NOBODY = '127.0.0.1:9';
const PERIOD_MS = 10;
/** After a stall, at most this many of the missed calls are made up for. */
const MAX_BURST = 500;
/** Until the code is compiled and the rates are steady. */
const WARM_UP_MS = 2_000;

/** What the client did, after it had warmed up. */
export interface Load {
  readonly offered: number;
  readonly resolved: number;
  readonly failed: number;
  readonly cpuMs: number;
}

const endpoint = await createEndpoint({ host: '127.0.0.1' });
const feed = inspectorUrl === '' ? undefined : feedInspector(endpoint, inspectorUrl);
const peers = [endpoint.peer(serverAddress), endpoint.peer(NOBODY)] as const;

let lastMs = performance.now();
let due = 0;
let offered = 0;
const timer = setInterval(() => {
  const nowMs = performance.now();
  due = Math.min(MAX_BURST, due + ((nowMs - lastMs) * Number(callsPerSecond)) / 1_000);
  lastMs = nowMs;
  for (; due >= 1; due -= 1) {
    void peers[offered % 2 === 0 ? 0 : 1].call('echo', [offered]);
    offered += 1;
  }
}, PERIOD_MS);

await passed(WARM_UP_MS);
const before = { ...sample(), cpu: process.cpuUsage() };
await passed(Number(seconds) * 1_000);
const after = sample();
const { user, system } = process.cpuUsage(before.cpu);
clearInterval(timer);
process.send?.({
  offered: after.offered - before.offered,
  resolved: after.resolved - before.resolved,
  failed: after.failed - before.failed,
  cpuMs: (user + system) / 1_000,
} satisfies Load);
await endpoint.close();
await feed?.close();

function sample(): Omit<Load, 'cpuMs'> {
  const { resolved, rejected, timedOut, unsent } = endpoint.stats().outcomes;
  return { offered, resolved, failed: rejected + timedOut + unsent };
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
