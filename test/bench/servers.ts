/**
 * The servers of the benchmark, in a process of their own: a raw echo, and an rpcudp endpoint. The echo
 * sets the type byte to that of a response, so that an rpcudp client takes the bytes for an answer.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createEndpoint } from 'rpcudp';

/** What the parent process is told, once both listen. */
export interface ServerPorts {
  readonly raw: number;
  readonly rpcudp: number;
}

const RESPONSE = 0x01;

const raw = createSocket('udp4');
raw.on('message', (message, { port, address }) => {
  message[0] = RESPONSE;
  raw.send(message, port, address);
});
raw.bind(0, '127.0.0.1');
await once(raw, 'listening');

const endpoint = await createEndpoint({
  host: '127.0.0.1',
  handlers: { echo: (_scope, text: string) => text },
});

process.send?.({ raw: raw.address().port, rpcudp: endpoint.address.port } satisfies ServerPorts);
process.on('disconnect', () => {
  raw.close();
  void endpoint.close();
});
