/**
 * The inbox: decides what becomes of each inbound request, and keeps the promise that a procedure runs
 * at most once per peer and transaction id within the replay window.
 */
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import type { Environment } from '../endpoint/environment.js';
import type { PeerActor } from '../peer/actor.js';
import type { PeerTable } from '../peer/table.js';
import { InvalidArgumentsError } from '../contract/errors.js';
import type { SchemaError } from '../contract/errors.js';
import { RequestTooLargeError } from '../errors.js';
import type { Fate } from '../api/fate.js';
import { isAnswerable } from '../address/source.js';
import { isDrop } from '../wire/drop.js';
import { HEADER_BYTES } from '../wire/frame.js';
import type { Frame } from '../wire/frame.js';
import { readHeaderMap } from '../wire/header-map.js';
import type { HeaderMap } from '../wire/header-map.js';
import { decodeRequest, digestOf, skimRequest } from '../wire/request.js';
import type { RequestBody } from '../wire/request.js';
import { decodeSignal } from '../wire/signal.js';
import { Handler } from './handler.js';
import type { HandlerKeeper } from './handler.js';
import type { KnownRequest } from './known-request.js';
import type { OfferedProcedure, ProcedureTable } from './procedures.js';
import {
  CLOSING,
  DEADLINE_PASSED,
  invalidArguments,
  overloaded,
  unknownProcedure,
} from './refusal.js';
import type { Refusal } from './refusal.js';
import { ReplyMemory } from './reply-memory.js';
import type { ReplyLimits } from './reply-memory.js';
import { HandlerScope } from './scope.js';

/** How many refusals that another request might not meet are remembered, for how long. */
const REFUSAL_LIMITS: ReplyLimits = {
  replayWindowMs: 30_000,
  maxReplies: 4_096,
  maxReplyBytes: 4 * 1024 * 1024,
};

export class Inbox implements HandlerKeeper {
  readonly #environment: Environment;
  readonly #peers: PeerTable;
  readonly #procedures: ProcedureTable;
  /** How many procedures run. */
  #running = 0;
  /** Those that have not returned: several, if a transport delivers at once what a procedure sends. */
  readonly #called: Handler[] = [];
  /** Those whose end is awaited. Bounded by `maxRunningHandlers`. */
  readonly #awaited = new Set<Handler>();
  readonly #replies: ReplyMemory;
  readonly #refusals: ReplyMemory;
  #closing = false;
  #drained: (() => void) | undefined;

  constructor(environment: Environment, peers: PeerTable, procedures: ProcedureTable) {
    const { limits } = environment;
    this.#environment = environment;
    this.#peers = peers;
    this.#procedures = procedures;
    this.#replies = new ReplyMemory(environment, limits, 'repliesRemembered');
    this.#refusals = new ReplyMemory(environment, REFUSAL_LIMITS, 'refusalsRemembered');
  }

  get running(): number {
    return this.#running;
  }

  get remembered(): number {
    return this.#replies.size + this.#refusals.size;
  }

  /** Takes a request frame that arrived from `host`:`port`. Never throws. */
  accept(frame: Frame, host: string, port: number, atMs: number): Fate {
    const sender = this.#peers.find(host, port);
    const known = sender && this.#find(frame, sender);
    return sender === undefined || known === undefined
      ? this.#acceptNew(frame, sender, host, port, atMs)
      : this.#acceptAgain(frame, sender, known, atMs);
  }

  /** The request that this one repeats. */
  #find(frame: Frame, sender: PeerActor): KnownRequest | undefined {
    return (
      this.#replies.find(frame, sender) ??
      this.#refusals.find(frame, sender) ??
      this.#findRunning(frame, sender)
    );
  }

  #findRunning({ id }: Frame, sender: PeerActor): Handler | undefined {
    if (sender.running === 0) return undefined;
    return (
      sender.handlers.get(id) ??
      this.#called.find(({ owner, transactionId }) => owner === sender && transactionId === id)
    );
  }

  /** Takes a cancel frame from `host`:`port`. Never throws. */
  cancel(frame: Frame, host: string, port: number): Fate {
    const body = decodeSignal(frame.datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    const sender = this.#peers.find(host, port);
    const handler = sender && this.#findRunning(frame, sender);
    return `cancel.${handler?.cancel() ?? 'orphan'}`;
  }

  #acceptAgain({ datagram }: Frame, sender: PeerActor, known: KnownRequest, atMs: number): Fate {
    const body = skimRequest(datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    const headerMap = this.#headerMapOf(datagram, body);
    sender.requested(datagram.length, headerMap, atMs);
    const ending = body.digest === known.digest ? known.repeat() : 'conflict';
    this.#environment.requestSettled(known.settled, ending);
    return `request.${ending}`;
  }

  #acceptNew(
    frame: Frame,
    sender: PeerActor | undefined,
    host: string,
    port: number,
    atMs: number,
  ): Fate {
    const { datagram } = frame;
    if (sender === undefined && !isAnswerable(host, port)) return 'badSource';
    const body = decodeRequest(datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    const headerMap = this.#headerMapOf(datagram, body);
    const peer = sender ?? this.#peers.admitStranger(host, port);
    if (peer === undefined) return this.#turnAway(frame, body.procedure, { host, port });
    peer.requested(datagram.length, headerMap, atMs);
    const procedure = this.#procedures.get(body.procedure);
    const handler = new Handler(peer, this, this.#environment, {
      frame,
      // The name is remembered, and as it arrived it would be one string for each request.
      procedure: procedure?.name ?? body.procedure,
      args: body.args,
      digest: digestOf(datagram, body.end),
      native: headerMap !== undefined,
      attempt: headerMap?.attempt ?? 1,
      atMs,
    });
    if (procedure === undefined) return this.#refuse(handler, unknownProcedure(body.procedure));
    const refusal = this.#refusalOf(peer, headerMap);
    if (refusal !== undefined) return this.#refuse(handler, refusal);
    const { args, invalid, fault } = readArguments(procedure, body);
    if (fault !== undefined) this.#environment.reportError(fault);
    if (invalid !== undefined) return this.#refuse(handler, invalid);
    this.#start(handler, peer, procedure, args, headerMap);
    return 'request.run';
  }

  #headerMapOf(datagram: Buffer, { end }: { readonly end: number }): HeaderMap | undefined {
    if (end === datagram.length) return undefined;
    const headerMap = readHeaderMap(datagram, end);
    if (headerMap === undefined) this.#environment.counters.unreadableHeaders += 1;
    return headerMap;
  }

  #refusalOf(peer: PeerActor, headerMap: HeaderMap | undefined): Refusal | undefined {
    const { atMostOnce, limits } = this.#environment;
    const { maxRunningHandlers, maxRunningPerPeer, maxReplies } = limits;
    if (this.#closing) return CLOSING;
    if (headerMap?.remainingMs === 0) return DEADLINE_PASSED;
    if (this.#running >= maxRunningHandlers) {
      return overloaded('maxRunningHandlers', maxRunningHandlers);
    }
    if (peer.running >= maxRunningPerPeer) {
      return overloaded('maxRunningPerPeer', maxRunningPerPeer);
    }
    // Each procedure that runs will have to be remembered as well.
    const full = this.#running + this.#replies.size >= maxReplies;
    return atMostOnce === 'strict' && full ? overloaded('maxReplies', maxReplies) : undefined;
  }

  /**
   * Who is told "not run" relies on it. A copy of the request that is still on its way might find the
   * endpoint less busy, or a schema of another mind; so such a refusal is remembered, or, when there is
   * no room for that, not told.
   */
  #refuse(handler: Handler, refusal: Refusal): Fate {
    const mayChange = refusal.code === 'overloaded' || refusal.code === 'invalidArguments';
    const answered = handler.native && !(mayChange && this.#refusals.full);
    handler.refuse(refusal, answered);
    if (answered && mayChange) this.#refusals.remember(handler);
    this.#environment.requestSettled({ ...handler.context, error: refusal.error }, refusal.code);
    return `request.refused.${refusal.code}`;
  }

  /** There is no room for one more peer, and without a peer there is no handler. */
  #turnAway({ id }: Frame, procedure: string, sender: SocketAddress): Fate {
    const { code, error } = overloaded('maxPeers', this.#environment.limits.maxPeers);
    const request = { procedure, peer: formatAddress(sender), transactionId: id, error };
    this.#environment.requestSettled(request, code);
    return `request.refused.${code}`;
  }

  #start(
    handler: Handler,
    peer: PeerActor,
    procedure: OfferedProcedure,
    args: readonly unknown[],
    headerMap: HeaderMap | undefined,
  ): void {
    const { clock, endpoint, limits } = this.#environment;
    const served = {
      sender: peer.socketAddress,
      endpoint,
      attempt: headerMap?.attempt ?? 1,
      traceparent: headerMap?.traceparent,
      receivedAtMs: handler.context.receivedAtMs,
      callerWaitsMs: headerMap?.remainingMs,
      timeoutMs: procedure.contracted?.timeoutMs ?? limits.handlerTimeoutMs,
    };
    this.#running += 1;
    peer.running += 1;
    this.#called.push(handler);
    handler.run(procedure, args, new HandlerScope(served, clock));
    this.#called.pop();
  }

  handlerEnded(handler: Handler): void {
    this.#replies.remember(handler);
    this.#stopped(handler);
    const { context, ending, thrown } = handler;
    this.#environment.requestSettled(
      thrown === undefined ? context : { ...context, error: thrown },
      ending,
    );
    if (this.#running === 0) this.#drained?.();
  }

  handlerAwaited(handler: Handler): void {
    this.#awaited.add(handler);
    handler.owner.handlers.set(handler.transactionId, handler);
  }

  handlerAbandoned(handler: Handler): void {
    this.#stopped(handler);
  }

  #stopped(handler: Handler): void {
    this.#running -= 1;
    handler.owner.running -= 1;
    if (this.#awaited.delete(handler)) handler.owner.handlers.delete(handler.transactionId);
  }

  /** Those whose procedures run. */
  handlers(): Handler[] {
    return [...this.#called, ...this.#awaited];
  }

  /** Refuses new requests and resolves when no procedure runs any more, or after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.#closing = true;
    const { clock } = this.#environment;
    if (this.#running > 0) {
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
    // Whoever hears that its procedure is abandoned may end another: that one is not met here any more.
    for (const handler of this.#awaited) {
      handler.abandon(reason);
      this.#environment.requestSettled(handler.context, 'abandoned');
    }
    this.#replies.clear();
    this.#refusals.clear();
  }
}

/** The arguments as the procedure's contract makes them; or why it is not run, and a schema's own fault. */
interface ReadArguments {
  readonly args: readonly unknown[];
  readonly invalid?: Refusal;
  readonly fault?: SchemaError | undefined;
}

function readArguments(
  { contracted }: OfferedProcedure,
  { procedure, args, end }: RequestBody,
): ReadArguments {
  if (contracted === undefined) return { args };
  const { maxBytes = Infinity } = contracted;
  const bytes = end - HEADER_BYTES;
  if (bytes > maxBytes) {
    const invalid = invalidArguments(new RequestTooLargeError(procedure, bytes, maxBytes));
    return { args, invalid };
  }
  const { value, issues } = contracted.readArguments(args);
  if (issues === undefined) return { args: value };
  const invalid = invalidArguments(new InvalidArgumentsError(procedure, issues));
  return { args, invalid, fault: issues.fault };
}
