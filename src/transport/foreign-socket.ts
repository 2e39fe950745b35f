/**
 * Foreign socket: a dgram socket of a runtime whose sockets are not libuv's and do less. Deno's
 * (2.9) do not tell what waits to be sent, and no two of them share a port. Their receive buffer is
 * not the kernel's, but an array that each datagram is read into, and keeps alive. `unref` has an
 * effect only after the next datagram. What they lack is made up for here.
 */
import { Buffer } from 'node:buffer';
import { Socket } from 'node:dgram';
import { systemClock } from '../time/clock.js';
import type { DatagramSocket, HearDatagram, Source } from './datagram-socket.js';

/** Whether sockets like this one are foreign. Default: those of this runtime. */
export function isForeign(socket: Partial<Socket> = Socket.prototype): boolean {
  return typeof socket.getSendQueueSize !== 'function';
}

export class ForeignSocket implements DatagramSocket {
  readonly #socket: Socket;
  #queuedBytes = 0;
  /** Keeps the process alive, in place of the socket. */
  #timer: unknown = undefined;

  /** @param socket not bound yet, so that `unref` has an effect */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.unref();
    this.ref();
  }

  send(
    datagram: Uint8Array,
    port: number,
    host: string,
    done: (error: Error | null) => void,
  ): void {
    this.#socket.send(datagram, port, host, (error) => {
      this.#queuedBytes -= datagram.length;
      done(error);
    });
    // After `send`: if it throws, nothing is called back.
    this.#queuedBytes += datagram.length;
  }

  getSendQueueSize(): number {
    return this.#queuedBytes;
  }

  getRecvBufferSize(): undefined {
    return undefined;
  }

  setRecvBufferSize(): void {
    // Each datagram would take an array of this size.
  }

  address(): Source {
    return this.#socket.address();
  }

  on(event: 'message', hear: HearDatagram): void;
  on(event: 'error', hear: (error: NodeJS.ErrnoException) => void): void;
  on(event: 'close', hear: () => void): void;
  on(event: string, hear: HearDatagram | ((error: NodeJS.ErrnoException) => void)): void {
    if (event === 'message') this.#hear(hear as HearDatagram);
    else this.#socket.on(event, hear);
  }

  #hear(hear: HearDatagram): void {
    this.#socket.on('message', (datagram, source) => {
      // A copy, in memory of its own that is not larger than the datagram.
      hear(Buffer.from(new Uint8Array(datagram).buffer), source);
    });
  }

  readonly ref = (): void => {
    systemClock.clearTimeout(this.#timer);
    // The longest that there is. Then once more.
    this.#timer = systemClock.setTimeout(this.ref, Infinity);
  };

  unref(): void {
    systemClock.clearTimeout(this.#timer);
  }

  close(done: () => void): void {
    this.unref();
    this.#socket.close(done);
  }
}
