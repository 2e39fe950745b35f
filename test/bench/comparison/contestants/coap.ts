/**
 * CoAP (RFC 7252) with the defaults of its users: a confirmable POST, with the reply on the
 * acknowledgement.
 */
import type { Socket } from 'node:dgram';
import type { EventEmitter } from 'node:events';
import { loadPeer } from '../peers.js';
import { HOST, TEXT } from './contestant.js';
import type { Client } from './contestant.js';
import { boundSocket } from '../../bound-socket.js';

interface Coap {
  readonly Agent: new (options: { socket: Socket }) => object;
  request(options: {
    agent: object;
    method: 'POST';
    hostname: string;
    port: number;
    pathname: string;
  }): Request;
  createServer(listener: (request: Incoming, response: Outgoing) => void): {
    listen(socket: Socket): void;
  };
}

type Request = EventEmitter & Outgoing;

interface Incoming {
  readonly payload: Buffer;
}

interface Outgoing {
  end(payload: string | Buffer): void;
}

export async function connectCoap(port: number): Promise<Client<Incoming>> {
  const coap = loadPeer('coap') as Coap;
  // Without a given socket, the agent would open and close one whenever nothing is in flight.
  const agent = new coap.Agent({ socket: await boundSocket() });
  return {
    call: () =>
      new Promise((resolve, reject) => {
        const request = coap.request({
          agent,
          method: 'POST',
          hostname: HOST,
          port,
          pathname: '/echo',
        });
        request.on('response', resolve);
        request.on('error', reject);
        request.on('timeout', reject);
        request.end(TEXT);
      }),
    textOf: ({ payload }) => payload.toString(),
  };
}

export async function serveCoap(): Promise<number> {
  const socket = await boundSocket();
  const coap = loadPeer('coap') as Coap;
  coap.createServer((request, response) => response.end(request.payload)).listen(socket);
  return socket.address().port;
}
