/** Raw: the yardstick, the least that is possible in Node.js. */
import { encode } from '@msgpack/msgpack';
import { boundSocket } from '../../bound-socket.js';
import { rawClient } from '../../raw-client.js';
import { TEXT } from './contestant.js';
import type { Client } from './contestant.js';

const HEADER_BYTES = 21;
const RESPONSE = 0x01;

export async function connectRaw(port: number): Promise<Client<Buffer>> {
  const request = Buffer.concat([Buffer.alloc(HEADER_BYTES), encode(['echo', [TEXT]])]);
  const client = await rawClient(port, request);
  return {
    call: () => client.call(),
    // The body that comes back is that of the request. Reading it would mean to decode it.
    textOf: (answer) => (answer.length === request.length ? TEXT : `${answer.length} bytes`),
  };
}

/**
 * Sets the type byte to that of a response, so that an rpcudp client takes the bytes for an answer.
 */
export async function serveRaw(): Promise<number> {
  const socket = await boundSocket();
  socket.on('message', (message, { port, address }) => {
    message[0] = RESPONSE;
    socket.send(message, port, address);
  });
  return socket.address().port;
}
