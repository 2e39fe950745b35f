/**
 * Socket actor: the only owner of the transport. It sends bytes, and routes each inbound frame to
 * the answers, the inbox or the probes. A datagram is one frame, or a bundle of several. No
 * datagram can make it throw.
 */
import { createActor } from 'xstate';
import type { ActorRefFrom, AnyActorRef } from 'xstate';
import type { Inspection } from '../actor/inspection.js';
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import type { EndpointStats } from '../api/stats.js';
import type { FrameOwner, Sender } from '../engine/sender.js';
import type { Clock } from '../time/clock.js';
import type { Receiver, Transport } from '../transport/transport.js';
import { isBundle, unpackBundle } from '../wire/bundle.js';
import { isDrop } from '../wire/drop.js';
import { readFrame } from '../wire/frame.js';
import { mayBeBundled } from '../wire/frame-type.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import { noFates } from '../api/fate.js';
import type { Fate } from '../api/fate.js';
import { socketMachine } from './machine.js';
import type { SocketEvent } from './machine.js';
import type { Routes } from './routes.js';

type SocketStats = Pick<
  EndpointStats,
  | 'received'
  | 'framesReceived'
  | 'fates'
  | 'kernelDrops'
  | 'receiveBufferBytes'
  | 'attempted'
  | 'framesAttempted'
  | 'sent'
  | 'refused'
  | 'refusedBy'
>;

export class Socket implements Sender, Receiver {
  readonly ref: ActorRefFrom<typeof socketMachine>;
  received = 0;

  #framesReceived = 0;
  readonly #fates = noFates();
  #attempted = 0;
  #framesAttempted = 0;
  #sent = 0;
  #refused = 0;
  /** Bounded by the number of error codes. */
  readonly #refusedBy = new Map<string, number>();
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #inspection: Inspection;
  #routes: Routes | undefined;

  constructor(transport: Transport, root: AnyActorRef, clock: Clock, inspection: Inspection) {
    this.#transport = transport;
    this.#clock = clock;
    this.#inspection = inspection;
    this.ref = createActor(socketMachine, { id: 'socket', parent: root }).start();
  }

  /** Binds and starts to route. Rejects with a BindError. */
  async open(routes: Routes): Promise<SocketAddress> {
    this.#routes = routes;
    try {
      const address = await this.#transport.open(this);
      this.ref.send({ type: 'bound', address: formatAddress(address) });
      return address;
    } catch (error) {
      this.ref.send({ type: 'failed', error: error as Error });
      throw error;
    }
  }

  get family(): 0 | 4 | 6 {
    return this.#transport.family === 'dual' ? 0 : this.#transport.family;
  }

  send(frame: OutboundFrame, host: string, port: number, owner?: FrameOwner): void {
    this.#attempted += 1;
    this.#framesAttempted += 1;
    const datagram = frame.toDatagram();
    const { taps } = this.#inspection;
    const done =
      owner === undefined && taps.length === 0
        ? this.#noteSent
        : (error: Error | null) => {
            this.#left(datagram, error);
            owner?.sent(error && this.#explained(error), false);
          };
    for (const tap of taps) tap.datagramSent(datagram, host, port);
    this.#transport.send(datagram, host, port, done);
  }

  sendBundle(
    bundle: Buffer,
    host: string,
    port: number,
    owners: readonly (FrameOwner | undefined)[],
  ): void {
    this.#attempted += 1;
    this.#framesAttempted += owners.length;
    for (const tap of this.#inspection.taps) tap.datagramSent(bundle, host, port);
    this.#transport.send(bundle, host, port, (error) => {
      this.#left(bundle, error);
      const explained = error && this.#explained(error);
      for (const owner of owners) owner?.sent(explained, true);
    });
  }

  #explained(error: Error): Error {
    return this.#transport.explainRefusal?.(error) ?? error;
  }

  #left(datagram: Buffer, error: Error | null): void {
    this.#noteSent(error);
    for (const tap of this.#inspection.taps) tap.datagramLeft(datagram, error);
  }

  readonly #noteSent = (error: NodeJS.ErrnoException | null): void => {
    if (error === null) {
      this.#sent += 1;
      return;
    }
    this.#refused += 1;
    const code = error.code ?? error.name;
    this.#refusedBy.set(code, (this.#refusedBy.get(code) ?? 0) + 1);
  };

  stats(): SocketStats {
    const { kernelDrops, receiveBufferBytes } = this.#transport;
    return {
      received: this.received,
      framesReceived: this.#framesReceived,
      fates: { ...this.#fates },
      kernelDrops,
      receiveBufferBytes,
      attempted: this.#attempted,
      framesAttempted: this.#framesAttempted,
      sent: this.#sent,
      refused: this.#refused,
      refusedBy: Object.fromEntries(this.#refusedBy),
    };
  }

  datagramReceived(datagram: Buffer, host: string, port: number): void {
    const routes = this.#routes;
    if (routes === undefined) return;
    this.received += 1;
    // Read once, because all frames of a datagram arrived at the same time.
    const atMs = this.#clock.nowMs();
    if (this.#inspection.active) {
      const from = formatAddress({ host, port });
      this.#show({ type: 'datagram.received', from, bytes: datagram.length });
    }
    const { taps } = this.#inspection;
    for (const tap of taps) tap.datagramReceived(datagram, host, port, atMs);
    const fates: Fate[] | undefined = taps.length > 0 ? [] : undefined;
    if (isBundle(datagram)) this.#receiveBundle(routes, datagram, host, port, atMs, fates);
    else this.#receiveFrame(routes, datagram, false, host, port, atMs, fates);
    if (fates !== undefined) for (const tap of taps) tap.datagramSettled(fates);
  }

  #receiveBundle(
    routes: Routes,
    bundle: Buffer,
    host: string,
    port: number,
    atMs: number,
    fates: Fate[] | undefined,
  ): void {
    const fault = unpackBundle(bundle, (frame) => {
      this.#receiveFrame(routes, frame, true, host, port, atMs, fates);
    });
    if (fault !== undefined) this.#settle(routes, `malformed.${fault.reason}`, host, port, fates);
  }

  #receiveFrame(
    routes: Routes,
    frame: Buffer,
    isBundled: boolean,
    host: string,
    port: number,
    atMs: number,
    fates: Fate[] | undefined,
  ): void {
    const fate = this.#route(routes, frame, isBundled, host, port, atMs);
    this.#settle(routes, fate, host, port, fates);
  }

  #settle(routes: Routes, fate: Fate, host: string, port: number, fates: Fate[] | undefined): void {
    this.#framesReceived += 1;
    this.#fates[fate] += 1;
    fates?.push(fate);
    if (this.#inspection.active) {
      const from = formatAddress({ host, port });
      this.#show({ type: 'frame.settled', from, fate });
    }
    routes.frameSettled(fate, host, port);
  }

  /** Shows an event that changes no state to inspectors, without sending it to the machine. */
  #show(event: SocketEvent): void {
    this.#inspection.eventSent(this.ref, event);
    this.#inspection.snapshotTaken(this.ref, event, this.ref.getSnapshot());
  }

  #route(
    routes: Routes,
    datagram: Buffer,
    isBundled: boolean,
    host: string,
    port: number,
    atMs: number,
  ): Fate {
    if (port === 0) return 'badSource';
    const frame = readFrame(datagram);
    if (isDrop(frame)) return `malformed.${frame.reason}`;
    const { type } = frame;
    if (isBundled && !mayBeBundled(type)) return 'malformed.shape';
    switch (type) {
      case 'request':
        return routes.inbox.accept(frame, host, port, atMs);
      case 'cancel':
        return routes.inbox.cancel(frame, host, port);
      case 'response':
      case 'error':
      case 'working':
      case 'challenge':
      case 'present':
        return routes.answers.accept(frame, type, host, port, atMs);
      case 'probe':
        return routes.probes.accept(frame, host, port);
      // It was unpacked before, and is not allowed in another.
      case 'bundle':
        return 'malformed.shape';
    }
  }

  transportFailed(error: Error): void {
    this.ref.send({ type: 'failed', error });
    this.#routes?.socketFailed(error);
  }

  async close(): Promise<void> {
    await this.#transport.close();
    this.ref.send({ type: 'closed' });
  }
}
