import { createEndpoint } from 'rpcudp';
import type { EndpointOptions, Outcome } from 'rpcudp';
import { HOST, MOST_IN_FLIGHT, TEXT } from './contestant.js';
import type { Client } from './contestant.js';

type Options = Pick<EndpointOptions, 'inspect' | 'maxBundleBytes'>;

export async function connectRpcudp(port: number, options: Options = {}): Promise<Client<Outcome>> {
  const endpoint = await createEndpoint({ host: HOST, window: MOST_IN_FLIGHT, ...options });
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
