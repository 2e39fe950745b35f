import type { SocketAddress } from '../address/address.js';

/** Who gets what a transport receives. Its methods must not throw: nothing stands behind them. */
export interface Receiver {
  /**
   * A datagram arrived. `datagram` is exclusively the receiver's; it may be empty. `host` is
   * canonical: an IPv4-mapped address comes as IPv4. `port` is 0 when the sender forged that.
   */
  datagramReceived(datagram: Buffer, host: string, port: number): void;

  /** The socket broke, and the transport has closed itself. Called at most once, never after close(). */
  transportFailed(error: Error): void;
}

/** Carries datagrams: over UDP, or in memory for tests. It is opened once and closed once. */
export interface Transport {
  /**
   * Binds, and resolves with the address it got. Rejects with a `BindError` and leaves nothing
   * half-open; with a `TransportClosedError` when close() came first.
   */
  open(receiver: Receiver): Promise<SocketAddress>;

  /**
   * Hands bytes to the kernel; whether they arrive nobody knows. `host` is a canonical IP address,
   * never a name. Never throws. `done` is called once, after `send` has returned or before, unless
   * close() loses it; its error has Node's `code` (`EMSGSIZE`, `ENETUNREACH`, …). The bytes may be
   * changed only once `done` was called.
   */
  send(datagram: Uint8Array, host: string, port: number, done: (error: Error | null) => void): void;

  /** The IP versions it can reach, settled once open() has resolved. */
  readonly family: 4 | 6 | 'dual';

  /**
   * Whether others receive at its address too, so that what is sent there need not arrive here: an
   * endpoint over it serves and makes no calls.
   */
  readonly sharesPort?: boolean | undefined;

  /** The receive buffer in bytes, where there is one. */
  readonly receiveBufferBytes?: number | undefined;

  /**
   * How many datagrams the system dropped that had reached this transport, for want of room in its
   * receive buffer as a rule; undefined where it does not tell. Asking for it may read a file. After
   * close() it is what it was then.
   */
  readonly kernelDrops?: number | undefined;

  /** Stops receiving at once and frees the address. Idempotent; never rejects. */
  close(): Promise<void>;
}

/** The transport was used before open() or after close(). */
export class TransportClosedError extends Error {
  override readonly name = 'TransportClosedError';
  readonly code = 'ERR_RPCUDP_TRANSPORT_CLOSED';

  constructor() {
    super('The transport is not open: it was closed, or never opened');
  }
}
