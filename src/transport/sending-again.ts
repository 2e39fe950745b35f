/**
 * Sending again: where a socket reports that an earlier datagram was refused, in place of sending
 * the next one. Bun's do (1.4, on Linux, where they set IP_RECVERR).
 */
import type { Socket } from 'node:dgram';
import type { DatagramSocket } from './datagram-socket.js';

/** The only code that means an earlier datagram: a socket that is not connected refuses none. */
const EARLIER = 'ECONNREFUSED';

/** Several refusals can arrive while it is sent again. */
const MAX_SENDS = 4;

/** Changes the socket, which must be the caller's own, so that it sends such a datagram again. */
export function sendingAgain(socket: Socket): Socket {
  const sendOnce: DatagramSocket['send'] = socket.send.bind(socket);
  const send: DatagramSocket['send'] = (datagram, port, host, done) => {
    let left = MAX_SENDS;
    const ended = (error: NodeJS.ErrnoException | null): void => {
      left -= 1;
      if (error?.code !== EARLIER || left === 0) {
        done(error);
        return;
      }
      try {
        sendOnce(datagram, port, host, ended);
      } catch {
        // It was closed in the meantime.
        done(error);
      }
    };
    sendOnce(datagram, port, host, ended);
  };
  return Object.assign(socket, { send });
}
