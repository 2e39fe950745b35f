/** Bound socket: the UDP socket of the Node.js contestants. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

/**
 * As much as rpcudp asks for. All contestants get it, those in Python too. Otherwise a burst that
 * does not fit into the system's default buffer would be lost before any contestant saw it.
 */
export const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** A UDP socket on a free port of the loopback interface. */
export async function boundSocket(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
