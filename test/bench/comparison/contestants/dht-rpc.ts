/**
 * The node that Hyperswarm uses: UDP by a native module, numbered calls, a congestion window,
 * retries.
 */
import { loadPeer } from '../peers.js';
import { HOST, MOST_IN_FLIGHT, TEXT } from './contestant.js';
import type { Client } from './contestant.js';
import { RECEIVE_BUFFER_BYTES } from '../../bound-socket.js';

type DhtRpc = new (options: {
  bootstrap: readonly never[];
  host: string;
  ephemeral: boolean;
  firewalled: boolean;
  maxWindow: number;
}) => DhtNode;

interface DhtNode {
  fullyBootstrapped(): Promise<void>;
  readonly socket: { setRecvBufferSize(bytes: number): void };
  address(): { port: number };
  request(
    message: { command: number; value: Buffer },
    to: { host: string; port: number },
  ): Promise<Reply>;
  on(event: 'request', listener: (request: Request) => void): void;
}

interface Request {
  readonly value: Buffer | null;
  reply(value: Buffer | null): void;
}

interface Reply {
  readonly value: Buffer | null;
}

const ECHO = 1;

export async function connectDhtRpc(port: number): Promise<Client<Reply>> {
  const node = await open({ server: false });
  const to = { host: HOST, port };
  return {
    call: () => node.request({ command: ECHO, value: Buffer.from(TEXT) }, to),
    textOf: ({ value }) => String(value),
  };
}

export async function serveDhtRpc(): Promise<number> {
  const node = await open({ server: true });
  node.on('request', (request) => request.reply(request.value));
  return node.address().port;
}

async function open({ server }: { server: boolean }): Promise<DhtNode> {
  const Dht = loadPeer('dht-rpc') as DhtRpc;
  const node = new Dht({
    bootstrap: [],
    host: HOST,
    ephemeral: !server,
    firewalled: !server,
    // Calls beyond the window, which is 80 by default, wait for a timer of 750 ms.
    maxWindow: MOST_IN_FLIGHT,
  });
  await node.fullyBootstrapped();
  node.socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  return node;
}
