import { fileURLToPath } from 'node:url';
import { createEndpoint } from 'rpcudp';
import type { AnyEndpoint, EndpointOptions, Outcome } from 'rpcudp';
import { feedInspector } from 'rpcudp/inspector';
import type { Serving } from '../conversation.js';
import { Program } from '../program.js';
import { HOST, MOST_IN_FLIGHT, TEXT } from './contestant.js';
import type { Client } from './contestant.js';

type Options = Pick<EndpointOptions, 'inspect' | 'maxBundleBytes'>;

export async function connectRpcudp(port: number, options: Options = {}): Promise<Client<Outcome>> {
  return clientOf(await openClient(options), port);
}

/** Its endpoint feeds an inspector, in another process. */
export async function connectInspected(port: number): Promise<Client<Outcome>> {
  const endpoint = await openClient();
  const inspector = new Program('the inspector', process.execPath, [
    fileURLToPath(new URL('../inspector.js', import.meta.url)),
  ]);
  const { url } = (await inspector.hear()) as Serving;
  feedInspector(endpoint, url);
  return clientOf(endpoint, port);
}

function openClient(options: Options = {}): Promise<AnyEndpoint> {
  return createEndpoint({ host: HOST, window: MOST_IN_FLIGHT, ...options });
}

function clientOf(endpoint: AnyEndpoint, port: number): Client<Outcome> {
  const peer = endpoint.peer(`${HOST}:${port}`);
  return {
    call: () => peer.call('echo', [TEXT]),
    textOf: (outcome) => (outcome.state === 'resolved' ? textIn(outcome.value) : undefined),
  };
}

/** From an rpcudp server the text; from the raw echo the whole request. */
function textIn(value: unknown): string {
  const text: unknown = Array.isArray(value) ? (value as [unknown, [unknown]])[1][0] : value;
  return String(text);
}

export async function serveRpcudp(options: Options = {}): Promise<number> {
  const endpoint = await createEndpoint({
    host: HOST,
    handlers: { echo: (_scope, text: string) => text },
    ...options,
  });
  return endpoint.address.port;
}
