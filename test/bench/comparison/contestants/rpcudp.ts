/** rpcudp: this project's package, as a contestant with several settings. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import { createEndpoint } from 'rpcudp';
import type { AnyEndpoint, CallOptions, EndpointOptions, Outcome } from 'rpcudp';
import { cpuTime } from '../conversation.js';
import type { CpuTime, Serving } from '../conversation.js';
import { Program } from '../program.js';
import { HOST, MOST_IN_FLIGHT, TEXT } from './contestant.js';
import type { Client } from './contestant.js';

/** Longer than the feed waits before it sends. */
const REST_MS = 60;
/** More than both processes spend in that time when they have nothing to do. */
const IDLE_MICROS = 2_000;

type Options = Pick<
  EndpointOptions,
  'inspect' | 'intercept' | 'latencies' | 'maxBundleBytes' | 'use'
>;

export async function connectRpcudp(port: number, options: Options = {}): Promise<Client<Outcome>> {
  return clientOf(await openClient(options), port);
}

/** A client that calls within an AsyncLocalStorage context, as most servers do. */
export async function connectInContext(port: number): Promise<Client<Outcome>> {
  const requests = new AsyncLocalStorage<number>();
  const client = await connectRpcudp(port);
  let count = 0;
  return { ...client, call: () => requests.run((count += 1), () => client.call()) };
}

/** A client whose calls have a header with a text of 20 characters, as a short token is. */
export async function connectWithHeader(port: number): Promise<Client<Outcome>> {
  const endpoint = await openClient();
  const headers = { token: 'a-token-of-20-bytes.' };
  return clientOf(endpoint, port, { headers });
}

const MEASURED = { latencies: true };

/** A client whose endpoint measures latencies, and whose metrics Prometheus could scrape. */
export async function connectMeasured(port: number): Promise<Client<Outcome>> {
  const endpoint = await openClient(MEASURED);
  await measure(endpoint);
  return clientOf(endpoint, port);
}

export async function serveMeasured(): Promise<number> {
  const endpoint = await openServer(MEASURED);
  await measure(endpoint);
  return endpoint.address.port;
}

async function measure(endpoint: AnyEndpoint): Promise<void> {
  // Imported here, so that the other contestants also run with a build that has no metrics yet.
  const { prometheus } = await import('rpcudp/metrics');
  prometheus(endpoint, new Registry());
}

/** A client whose endpoint feeds an inspector in another process. */
export async function connectInspected(port: number): Promise<Client<Outcome>> {
  // Imported here, so that the other contestants also run with a build that has no inspector yet.
  const { feedInspector } = await import('rpcudp/inspector');
  const endpoint = await openClient();
  const inspector = new Program('the inspector', process.execPath, [
    ...process.execArgv,
    fileURLToPath(new URL('../inspector.js', import.meta.url)),
  ]);
  const { url } = (await inspector.hear()) as Serving;
  feedInspector(endpoint, url);
  return { ...clientOf(endpoint, port), rest: () => idle(inspector) };
}

/**
 * Waits until both are idle: the feed sends after a while, and the inspector then needs some time
 * to read.
 */
async function idle(inspector: Program): Promise<void> {
  const spentMicros = async (): Promise<number> =>
    ((await inspector.ask({})) as CpuTime).cpuMicros + cpuTime().cpuMicros;
  let before: number;
  do {
    before = await spentMicros();
    await setTimeout(REST_MS);
  } while ((await spentMicros()) - before > IDLE_MICROS);
}

function openClient(options: Options = {}): Promise<AnyEndpoint> {
  return createEndpoint({ host: HOST, window: MOST_IN_FLIGHT, ...options });
}

function clientOf(endpoint: AnyEndpoint, port: number, options?: CallOptions): Client<Outcome> {
  const peer = endpoint.peer(`${HOST}:${port}`);
  return {
    call: () => peer.call('echo', [TEXT], options),
    textOf: (outcome) => (outcome.state === 'resolved' ? textIn(outcome.value) : undefined),
  };
}

/** An rpcudp server returns the text, the raw echo returns the whole request. */
function textIn(value: unknown): string {
  const text: unknown = Array.isArray(value) ? (value as [unknown, [unknown]])[1][0] : value;
  return String(text);
}

export async function serveRpcudp(options: Options = {}): Promise<number> {
  const endpoint = await openServer(options);
  return endpoint.address.port;
}

function openServer(options: Options): Promise<AnyEndpoint> {
  return createEndpoint({
    host: HOST,
    handlers: { echo: (_scope, text: string) => text },
    ...options,
  });
}
