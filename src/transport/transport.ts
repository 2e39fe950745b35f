/** Transport: the interface of everything that carries datagrams. */
import { shareAmongCopies } from '../copies/shared-class.js';
import type { SocketAddress } from '../address/address.js';

/** Gets what a transport receives. Its methods must not throw: nothing would catch the error. */
export interface Receiver {
  /**
   * A datagram arrived. `datagram` belongs to the receiver alone, and may be empty. `host` is
   * canonical: an IPv4-mapped address is given as IPv4. `port` may be 0 if the sender forged it.
   */
  datagramReceived(datagram: Buffer, host: string, port: number): void;

  /** The socket failed, and the transport closed itself. Called once at most, not after close(). */
  transportFailed(error: Error): void;
}

/**
 * Carries datagrams: over UDP (`udpTransport`), in memory for tests (`rpcudp/testing`), or as your
 * own does, such as one that wraps another and signs what that carries. It is opened once and closed
 * once. An endpoint gives it datagrams of at most 65,507 bytes.
 */
export interface Transport {
  /**
   * Binds, and resolves with the bound address. Rejects with a `BindError`, or with a
   * `TransportClosedError` if close() was called first. After a rejection nothing is left open.
   */
  open(receiver: Receiver): Promise<SocketAddress>;

  /**
   * Hands bytes to the kernel. It is not known whether they arrive. `host` is a canonical IP
   * address, never a name. Never throws. `done` is called once, during `send` or later, but it may
   * be lost by close(). Its error has the `code` of Node.js (`EMSGSIZE`, `ENETUNREACH`, …). The
   * bytes must not be changed before `done` is called.
   */
  send(datagram: Uint8Array, host: string, port: number, done: (error: Error | null) => void): void;

  /** The IP versions that it can reach. Final once open() has resolved. */
  readonly family: 4 | 6 | 'dual';

  /**
   * Whether other processes receive at its address, too. Then a datagram to this address may arrive
   * elsewhere, so an endpoint with this transport serves, and makes no calls.
   */
  readonly sharesPort?: boolean | undefined;

  /** The size of the receive buffer in bytes, if there is one. */
  readonly receiveBufferBytes?: number | undefined;

  /**
   * How many datagrams for this transport the system dropped, usually because the receive buffer
   * was full; undefined if the system does not report it. To get it may read a file. After close()
   * it keeps its last value.
   */
  readonly kernelDrops?: number | undefined;

  /**
   * The zone of an IPv6 address as the sources of datagrams show it: the name or the index of a
   * network interface becomes its name. Undefined if there is no such interface. Without this
   * method zones are taken as they are given.
   */
  zoneName?(zone: string): string | undefined;

  /**
   * The error of `send`, or one that names the true reason, as when the local address has left this
   * machine. Called for refused requests alone.
   */
  explainRefusal?(error: Error): Error;

  /**
   * Lets the process end although the transport is open; `ref` keeps the process alive again, as at
   * first. Both can be called at any time, before open() and after close() as well. A transport
   * that keeps no process alive, such as one in memory, has neither.
   */
  unref?(): void;
  ref?(): void;

  /** Stops receiving at once and frees the address. Idempotent. Never rejects. */
  close(): Promise<void>;
}

/** The transport was used before open() or after close(). */
export class TransportClosedError extends Error {
  static {
    shareAmongCopies('TransportClosedError', this);
  }

  override readonly name = 'TransportClosedError';
  readonly code = 'ERR_RPCUDP_TRANSPORT_CLOSED';

  constructor() {
    super('The transport is not open: it was closed, or never opened');
  }
}
