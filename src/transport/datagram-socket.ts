/** Datagram socket: what a transport asks of a bound socket. A dgram socket of Node.js is one. */

/** Where a datagram came from. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

export type HearDatagram = (datagram: Buffer, source: Source) => void;

export interface DatagramSocket {
  send(datagram: Uint8Array, port: number, host: string, done: (error: Error | null) => void): void;

  /** How many bytes it was given that the kernel has not accepted yet. */
  getSendQueueSize(): number;

  /** The size of the kernel's receive buffer; undefined if it cannot be known. */
  getRecvBufferSize(): number | undefined;
  setRecvBufferSize(bytes: number): void;

  /** Where it is bound. */
  address(): Source;

  on(event: 'message', hear: HearDatagram): unknown;
  on(event: 'error', hear: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'close', hear: () => void): unknown;

  ref(): unknown;
  unref(): unknown;
  close(done: () => void): unknown;
}
