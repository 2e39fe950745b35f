/**
 * The inbox: decides what becomes of each inbound request, and keeps the promise that a procedure runs
 * at most once per peer and transaction id within the replay window.
 */
import { formatAddress } from '../address.js';
import type { SocketAddress } from '../address.js';
import type { Environment } from '../endpoint/environment.js';
import type { PeerActor } from '../peer/actor.js';
import type { PeerTable } from '../peer/table.js';
import type { Fate } from '../socket/fate.js';
import { isDrop } from '../wire/drop.js';
import { transactionIdOf } from '../wire/frame.js';
import type { Frame } from '../wire/frame.js';
import { decodeRequest } from '../wire/request.js';
import { Handler } from './handler.js';
import type { HandlerKeeper } from './handler.js';
import type { Refusal } from './machine.js';
import type { Procedure, ProcedureTable } from './procedures.js';
import { ReplyMemory } from './reply-memory.js';
import { HandlerScope } from './scope.js';

export class Inbox implements HandlerKeeper {
  readonly #environment: Environment;
  readonly #peers: PeerTable;
  readonly #procedures: ProcedureTable;
  /** Bounded by `maxRunningHandlers`. */
  readonly #running = new Set<Handler>();
  readonly #memory: ReplyMemory;
  #closing = false;
  #drained: (() => void) | undefined;

  constructor(environment: Environment, peers: PeerTable, procedures: ProcedureTable) {
    this.#environment = environment;
    this.#peers = peers;
    this.#procedures = procedures;
    this.#memory = new ReplyMemory(environment.alarms, environment.clock, environment.limits);
  }

  get running(): number {
    return this.#running.size;
  }

  get remembered(): number {
    return this.#memory.size;
  }

  /** Takes a request frame from `host`:`port`. Never throws. */
  accept(frame: Frame, host: string, port: number): Fate {
    const atMs = this.#environment.clock.nowMs();
    const sender = this.#peers.find(host, port);
    const known = sender?.handlers.get(frame.id);
    if (known !== undefined) {
      sender?.heard(atMs);
      return this.#repeat(known);
    }
    const body = decodeRequest(frame.datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    const peer = sender ?? this.#peers.admitStranger(host, port);
    if (peer === undefined) return this.#turnAway(frame, body.procedure, { host, port });
    peer.heard(atMs);
    const { procedure: name, args } = body;
    const transactionId = transactionIdOf(frame.datagram);
    const request = { id: frame.id, transactionId, procedure: name, args, atMs };
    const handler = new Handler(peer, this, this.#environment, request);
    const procedure = this.#procedures.get(body.procedure);
    const refusal = this.#refusalOf(procedure);
    if (procedure === undefined || refusal !== undefined) {
      return this.#refuse(handler, refusal ?? 'unknownProcedure');
    }
    this.#start(handler, peer, procedure);
    return 'request.run';
  }

  #repeat(handler: Handler): Fate {
    const repeated = handler.repeat();
    this.#environment.requestSettled(handler.context, repeated);
    return `request.${repeated}`;
  }

  #refusalOf(procedure: Procedure | undefined): Refusal | undefined {
    if (this.#closing) return 'closing';
    if (procedure === undefined) return 'unknownProcedure';
    const full = this.#running.size >= this.#environment.limits.maxRunningHandlers;
    return full ? 'overloaded' : undefined;
  }

  #refuse(handler: Handler, refusal: Refusal): Fate {
    handler.receive({ type: 'refused', refusal }, handler.owner.ref);
    this.#environment.requestSettled(handler.context, refusal);
    return `request.refused.${refusal}`;
  }

  /** There is no room for one more peer, and without a peer there is no handler. */
  #turnAway(frame: Frame, procedure: string, sender: SocketAddress): Fate {
    const transactionId = transactionIdOf(frame.datagram);
    const request = { procedure, peer: formatAddress(sender), transactionId };
    this.#environment.requestSettled(request, 'overloaded');
    return 'request.refused.overloaded';
  }

  #start(handler: Handler, peer: PeerActor, procedure: Procedure): void {
    const { host, port } = peer;
    this.#running.add(handler);
    peer.handlers.set(handler.wireId, handler);
    handler.run(procedure, new HandlerScope({ host, port }, this.#environment.endpoint));
  }

  handlerEnded(handler: Handler): void {
    this.#running.delete(handler);
    this.#environment.requestSettled(handler.context, handler.state as 'replied' | 'failed');
    this.#memory.remember(handler);
    if (this.#running.size === 0) this.#drained?.();
  }

  handlerForgotten(handler: Handler): void {
    this.#running.delete(handler);
    handler.owner.handlers.delete(handler.wireId);
  }

  /** Refuses new requests and resolves when no procedure runs any more, or after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.#closing = true;
    const { clock } = this.#environment;
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = clock.setTimeout(resolve, graceMs);
        this.#drained = () => {
          clock.clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Forgets every handler; procedures still running see their signal abort with `reason`. */
  close(reason: unknown): void {
    for (const handler of [...this.#running]) {
      handler.abort(reason);
      this.#environment.requestSettled(handler.context, 'abandoned');
      handler.receive({ type: 'expired' });
    }
    this.#memory.clear();
  }
}
