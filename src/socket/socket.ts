/**
 * The socket actor: the only owner of the transport. It sends bytes, and routes each inbound datagram
 * to the call it answers or to the handler it is for. Nothing that arrives can make it throw.
 */
import { createActor } from 'xstate';
import type { ActorRefFrom, AnyActorRef } from 'xstate';
import { formatAddress } from '../address.js';
import type { SocketAddress } from '../address.js';
import type { Inspection } from '../actor/inspection.js';
import type { Outstanding } from '../call/outstanding.js';
import type { Call } from '../call/call.js';
import { RemoteError } from '../call/outcome.js';
import type { Clock } from '../clock.js';
import type { Sender } from '../endpoint/environment.js';
import type { Inbox } from '../handler/inbox.js';
import type { Receiver, Transport } from '../transport/transport.js';
import { isDrop } from '../wire/drop.js';
import { decodeErrorReply } from '../wire/error-reply.js';
import { readFrame } from '../wire/frame.js';
import type { Frame } from '../wire/frame.js';
import { decodeResponse } from '../wire/response.js';
import { noFates } from './fate.js';
import type { Fate } from './fate.js';
import { socketMachine } from './machine.js';

/** Where inbound datagrams go, and who hears of their fate. */
export interface Routes {
  readonly clock: Clock;
  readonly inspection: Inspection;
  readonly outstanding: Outstanding;
  readonly inbox: Inbox;
  datagramSettled(fate: Fate, host: string, port: number): void;
  socketFailed(error: Error): void;
}

export class Socket implements Sender, Receiver {
  readonly ref: ActorRefFrom<typeof socketMachine>;
  readonly fates = noFates();
  /** Datagrams that arrived; the sum of all fates. */
  received = 0;
  /** Datagrams the kernel took, and those it refused. */
  sent = 0;
  refused = 0;

  readonly #transport: Transport;
  #routes: Routes | undefined;

  constructor(transport: Transport, root: AnyActorRef) {
    this.#transport = transport;
    this.ref = createActor(socketMachine, { id: 'socket', parent: root }).start();
  }

  /** Binds and begins to route. Rejects with a BindError. */
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

  send(datagram: Buffer, host: string, port: number, done = this.noteSent): void {
    this.#transport.send(datagram, host, port, done);
  }

  readonly noteSent = (error: Error | null): void => {
    if (error === null) this.sent += 1;
    else this.refused += 1;
  };

  datagramReceived(datagram: Buffer, host: string, port: number): void {
    this.received += 1;
    const routes = this.#routes;
    if (routes === undefined) return;
    const inspected = routes.inspection.active;
    const from = inspected ? formatAddress({ host, port }) : '';
    if (inspected) this.ref.send({ type: 'datagram.received', from, bytes: datagram.length });
    const fate = this.#route(routes, datagram, host, port);
    this.fates[fate] += 1;
    if (inspected) this.ref.send({ type: 'datagram.settled', from, fate });
    routes.datagramSettled(fate, host, port);
  }

  #route(routes: Routes, datagram: Buffer, host: string, port: number): Fate {
    if (port === 0) return 'badSource';
    const frame = readFrame(datagram);
    if (isDrop(frame)) return `malformed.${frame.reason}`;
    if (frame.type === 'request') return routes.inbox.accept(frame, host, port);
    const call = routes.outstanding.get(frame.id);
    if (call === undefined) return 'response.orphan';
    const { peer } = call;
    if (port !== peer.port || host !== peer.host) return 'response.wrongPeer';
    return this.#answer(routes, call, frame);
  }

  /** Hands the answer to its call. What cannot be read settles nothing: the call goes on waiting. */
  #answer(routes: Routes, call: Call, frame: Frame): Fate {
    const late = call.state === 'timedOut';
    const atMs = routes.clock.nowMs();
    if (frame.type === 'error') {
      const body = decodeErrorReply(frame.datagram);
      if (isDrop(body)) return `malformed.${body.reason}`;
      call.peer.heard(atMs);
      const error = new RemoteError(body.code, body.message, body.data);
      call.receive({ type: 'failed', error, atMs }, this.ref);
    } else {
      const body = decodeResponse(frame.datagram);
      if (isDrop(body)) return `malformed.${body.reason}`;
      call.peer.heard(atMs);
      call.receive({ type: 'answered', value: body.value, atMs }, this.ref);
    }
    return late ? 'response.late' : 'response.matched';
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
