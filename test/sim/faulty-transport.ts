/** Faulty transport: fails as sockets do. It refuses sends, and calls back late or never. */
import type { SocketAddress } from '../../src/address/address.js';
import type { Receiver, Transport } from '../../src/transport/transport.js';
import { framesOf } from './datagram.js';
import type { NodeClock } from './node-clock.js';

/** Errors of sendmsg. */
export const ERRNOS = [
  ...(['ENOBUFS', 'EAGAIN', 'EPERM', 'EACCES', 'ENETUNREACH'] as const),
  ...(['EHOSTUNREACH', 'EMSGSIZE', 'EINVAL'] as const),
] as const;

/** How one send fails. */
export type SendFault =
  | { readonly kind: 'refused'; readonly errno: (typeof ERRNOS)[number] }
  | { readonly kind: 'lost' }
  | { readonly kind: 'late'; readonly byMs: number };

/** Decides about faults, and is told everything. */
export interface TransportWatcher {
  drawFault(datagram: Buffer): SendFault | undefined;
  /** The kernel took a datagram. */
  taken(datagram: Buffer, to: SocketAddress): void;
  received(datagram: Buffer, from: SocketAddress): void;
  problem(invariant: 'I0' | 'I5' | 'I14', what: string): void;
}

export class FaultyTransport implements Transport, Receiver {
  /**
   * What the endpoint sent, and what it was told about it, to compare with the endpoint's own
   * counts.
   */
  attempted = 0;
  /** The frames in them. */
  framesAttempted = 0;
  accepted = 0;
  refused = 0;
  delivered = 0;
  /** The frames in them. An invalid bundle counts as one. */
  framesDelivered = 0;
  /** Sends whose callback has not come yet, or never comes. */
  unanswered = 0;

  readonly #make: (port: number) => Transport;
  readonly #clock: NodeClock;
  readonly #watcher: TransportWatcher;
  #inner: Transport;
  #receiver: Receiver | undefined;
  #dead = false;
  #closed = false;

  constructor(make: (port: number) => Transport, clock: NodeClock, watcher: TransportWatcher) {
    this.#make = make;
    this.#clock = clock;
    this.#watcher = watcher;
    this.#inner = make(PORT);
  }

  get family(): Transport['family'] {
    return this.#inner.family;
  }

  open(receiver: Receiver): Promise<SocketAddress> {
    this.#receiver = receiver;
    return this.#inner.open(this);
  }

  send(datagram: Buffer, host: string, port: number, done: (error: Error | null) => void): void {
    if (this.#dead) return;
    if (this.#closed) this.#watcher.problem('I5', 'sends when its socket is closed');
    const fault = this.#watcher.drawFault(datagram);
    this.attempted += 1;
    this.framesAttempted += framesOf(datagram).length;
    this.unanswered += 1;
    if (fault?.kind === 'refused') {
      const error = Object.assign(new Error(`send ${fault.errno}`), { code: fault.errno });
      queueMicrotask(() => {
        this.#answer(error, done);
      });
      return;
    }
    this.#watcher.taken(datagram, { host, port });
    const bytes = Buffer.from(datagram);
    this.#inner.send(datagram, host, port, (error) => {
      const tell = (): void => {
        if (!bytes.equals(datagram))
          this.#watcher.problem('I14', 'a send changed before it was done');
        this.#answer(error, done);
      };
      if (fault?.kind === 'late') this.#clock.deliverLater(tell, fault.byMs);
      else if (fault?.kind !== 'lost') tell();
    });
  }

  datagramReceived(datagram: Buffer, host: string, port: number): void {
    this.#clock.receive(() => {
      this.delivered += 1;
      this.framesDelivered += Math.max(framesOf(datagram).length, 1);
      this.#watcher.received(datagram, { host, port });
      try {
        this.#receiver?.datagramReceived(datagram, host, port);
      } catch (error) {
        this.#watcher.problem('I0', `a datagram made the endpoint throw: ${String(error)}`);
      }
    });
  }

  transportFailed(error: Error): void {
    this.#receiver?.transportFailed(error);
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#inner.close();
  }

  /** A NAT gives this socket another port. What is sent to the old port is lost. */
  async rebind(): Promise<SocketAddress> {
    await this.#inner.close();
    this.#inner = this.#make(0);
    return this.#inner.open(this);
  }

  /** The process is gone: nothing is sent, nothing is received, and the address is free. */
  die(): void {
    this.#dead = true;
    void this.#inner.close();
  }

  #answer(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#dead) return;
    this.unanswered -= 1;
    if (error === null) this.accepted += 1;
    else this.refused += 1;
    try {
      done(error);
    } catch (thrown) {
      this.#watcher.problem('I0', `a send's callback made the endpoint throw: ${String(thrown)}`);
    }
  }
}

/** The port of every peer, until a NAT changes it. */
export const PORT = 1000;
