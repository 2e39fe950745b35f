/** Bound socket: creates, binds and closes dgram sockets. */
import type { Socket, SocketOptions } from 'node:dgram';
import type { SocketAddress } from '../address/address.js';
import { turnCount } from '../time/turn-count.js';
import { BindError, type Sharing } from './bind-error.js';
import type { DatagramSocket } from './datagram-socket.js';
import { ForeignSocket, isForeign } from './foreign-socket.js';
import { sendingAgain } from './sending-again.js';

/** Enough for about 10,000 small datagrams while the event loop is blocked. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

export interface Binding {
  readonly address: SocketAddress;
  readonly family: 4 | 6 | 'dual';
  readonly sharing: Sharing;
  readonly createSocket: (options: SocketOptions) => Socket;
}

/**
 * Creates a socket and binds it. Rejects with a BindError, or with the error that `createSocket`
 * throws, and then leaves nothing open.
 */
export async function boundSocket(binding: Binding): Promise<DatagramSocket> {
  const { family, sharing } = binding;
  // It receives in the async context that makes it here, so procedures run in that of whoever
  // created the endpoint.
  const own = binding.createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    lookup: lookupLiteral,
    ...(sharing === 'reusePort' && { reusePort: true }),
  });
  // libuv's sockets need no care. Where there is no libuv, nothing counts turns either.
  const made = turnCount === undefined ? sendingAgain(own) : own;
  const socket = isForeign(made) ? new ForeignSocket(made) : made;
  try {
    await bound(made, binding);
    return socket;
  } catch (error) {
    void closed(socket);
    throw error;
  }
}

/**
 * Settles when the socket is bound or refused. The error listener stays, because Node.js would end
 * the process if an error had no listener.
 */
function bound(socket: Socket, { address, sharing }: Binding): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => {
      reject(new BindError(address, error, sharing));
    });
    socket.once('listening', resolve);
    // Exclusive by default: otherwise the workers of a cluster would get each other's datagrams.
    const exclusive = sharing !== 'cluster';
    socket.bind({ address: address.host, port: address.port, exclusive });
  });
}

/** Closes the socket, if it is not closed yet. Never rejects. */
export function closed(socket: DatagramSocket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(resolve);
    } catch {
      resolve();
    }
  });
}

/**
 * Enlarges the receive buffer of the socket and gives its new size. Linux reduces a size that is
 * too large, but other systems refuse it. So smaller sizes are tried until one is accepted.
 * Undefined under a runtime that cannot tell.
 */
export function enlargeReceiveBuffer(socket: DatagramSocket): number | undefined {
  const before = socket.getRecvBufferSize();
  if (before === undefined) return undefined;
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
 * Every host is an IP address here. By default Node.js would call its resolver for each datagram.
 * This takes a tick, and until then the bytes could change. Node.js ignores the family.
 */
const lookupLiteral: NonNullable<SocketOptions['lookup']> = (host, _options, callback) => {
  callback(null, host, 0);
};
