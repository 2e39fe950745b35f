/** A dgram socket on its way to being bound, and out of use again. */
import type { Socket, SocketOptions } from 'node:dgram';
import type { SocketAddress } from '../address/address.js';
import { BindError, type Sharing } from './bind-error.js';

/** Holds some 10,000 small datagrams while the event loop stands still. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** What to bind. */
export interface Binding {
  readonly address: SocketAddress;
  readonly family: 4 | 6 | 'dual';
  readonly sharing: Sharing;
  readonly createSocket: (options: SocketOptions) => Socket;
}

/** Makes a socket and binds it. Rejects with a BindError, or what `createSocket` throws; leaves nothing open then. */
export async function boundSocket(binding: Binding): Promise<Socket> {
  const { family, sharing } = binding;
  const socket = binding.createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    lookup: lookupLiteral,
    ...(sharing === 'reusePort' && { reusePort: true }),
  });
  try {
    await bound(socket, binding);
    return socket;
  } catch (error) {
    void closed(socket);
    throw error;
  }
}

/** Settles as the socket is bound or refused. Its error listener stays: without one, Node would exit. */
function bound(socket: Socket, { address, sharing }: Binding): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => {
      reject(new BindError(address, error, sharing));
    });
    socket.once('listening', resolve);
    // Exclusive unless asked otherwise: the workers of a cluster would take each other's datagrams.
    const exclusive = sharing !== 'cluster';
    socket.bind({ address: address.host, port: address.port, exclusive });
  });
}

/** Closes the socket, which somebody else may have done before. Never rejects. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(resolve);
    } catch {
      resolve();
    }
  });
}

/**
 * Gives the socket a large receive buffer, and says how large it is. Linux cuts a request that is too
 * large, other systems refuse it: ask for less until one fits.
 */
export function enlargeReceiveBuffer(socket: Socket): number {
  const before = socket.getRecvBufferSize();
  for (let bytes = RECEIVE_BUFFER_BYTES; bytes > before; bytes /= 2) {
    try {
      socket.setRecvBufferSize(bytes);
      break;
    } catch {
      continue;
    }
  }
  return socket.getRecvBufferSize();
}

/**
 * Addresses are literal here. Node would call its resolver for each, which takes a tick, and until
 * then the bytes could still change. The family is not looked at.
 */
const lookupLiteral: NonNullable<SocketOptions['lookup']> = (host, _options, callback) => {
  callback(null, host, 0);
};
