/**
 * Inbox: decides how each inbound request is handled. It ensures that a procedure runs at most once
 * for each peer and transaction id within the replay window.
 */
import { isAnswerable } from '../address/source.js';
import type { AtMostOnce } from '../api/endpoint-options.js';
import type { Fate } from '../api/fate.js';
import type { Limits } from '../api/limits.js';
import type { Engine } from '../engine/engine.js';
import { isDrop } from '../wire/drop.js';
import type { Frame } from '../wire/frame.js';
import { readHeaderMap } from '../wire/header-map-reader.js';
import type { HeaderMap } from '../wire/header-map.js';
import { decodeRequest, digestOf, skimRequest } from '../wire/request.js';
import { decodeSignal } from '../wire/signal.js';
import { readArguments } from './arguments.js';
import { Handler } from './handler.js';
import type { HandlerKeeper, InboundRequest } from './handler.js';
import type { KnownRequest, RunningRequest } from './known-request.js';
import type { MiddlewareRequests } from './middleware-requests.js';
import type { Origins } from './origin.js';
import type { HandlerOwner, HandlerOwners } from './owner.js';
import type { OfferedProcedure, ProcedureTable } from './procedures.js';
import { CLOSING, DEADLINE_PASSED, overloaded, unknownProcedure } from './refusal.js';
import type { Refusal } from './refusal.js';
import type { ReplyLimits } from './reply-memory.js';
import { RequestMemory } from './request-memory.js';
import { RequestScope } from './scope.js';
import type { ServedRequest } from './scope.js';
import type { Settlements } from './settlements.js';
import { Share } from './share.js';
import type { ShareLimits } from './share.js';
import { Slots } from './slots.js';

/** The bounds of what an inbox runs and remembers: the endpoint's options of the same names. */
type InboxLimits = ReplyLimits &
  ShareLimits &
  Pick<Limits, 'handlerTimeoutMs' | 'maxRunningHandlers' | 'maxRunningPerPeer'>;

export interface InboxOptions {
  readonly endpointFor: ServedRequest['endpointFor'];
  readonly peers: HandlerOwners;
  readonly origins: Origins;
  readonly procedures: ProcedureTable;
  readonly atMostOnce: AtMostOnce;
  readonly limits: InboxLimits;
  readonly settlements: Settlements;
  /** Absent if there is no middleware. */
  readonly middleware: MiddlewareRequests | undefined;
}

export class Inbox implements HandlerKeeper {
  unreadableHeaders = 0;
  discardedResults = 0;

  readonly #engine: Engine;
  readonly #options: InboxOptions;
  readonly #slots: Slots;
  /** Handlers whose procedure has not returned. Several if a transport delivers synchronously. */
  readonly #called: Handler[] = [];
  /** Handlers that wait for a promise. Bounded by `maxRunningHandlers`. */
  readonly #awaited = new Set<Handler>();
  readonly #memory: RequestMemory;
  readonly #repliesShare: Share;
  /** Set once no new request is taken any more. */
  #oneEnded: (() => void) | undefined;

  constructor(engine: Engine, options: InboxOptions) {
    this.#engine = engine;
    this.#options = options;
    const { atMostOnce, limits, origins } = options;
    this.#slots = new Slots(limits);
    this.#memory = new RequestMemory(engine, limits, atMostOnce, origins);
    const { maxReplies, maxRunningPerPeer } = limits;
    this.#repliesShare = new Share('maxReplies', maxReplies, limits, maxRunningPerPeer);
  }

  get running(): number {
    return this.#slots.running;
  }

  get overrun(): number {
    return this.#slots.overrun;
  }

  get remembered(): number {
    return this.#memory.size;
  }

  get forgottenEarly(): number {
    return this.#memory.forgottenEarly;
  }

  /** Takes a request frame that arrived from `host`:`port`. Never throws. */
  accept(frame: Frame, host: string, port: number, atMs: number): Fate {
    const { peers } = this.#options;
    const peer = peers.find(host, port);
    if (peer === undefined && !isAnswerable(host, port)) return 'badSource';
    const sender = peer ?? peers.stranger(host, port);
    const known = this.#find(frame, sender);
    return known === undefined
      ? this.#acceptNew(frame, sender, atMs)
      : this.#acceptAgain(frame, sender, known, atMs);
  }

  /** The known request that this frame repeats. */
  #find(frame: Frame, sender: HandlerOwner): KnownRequest | undefined {
    return (
      this.#memory.find(frame, sender) ??
      (this.#slots.running > 0 ? this.#findRunning(frame, sender) : undefined)
    );
  }

  #findRunning(frame: Frame, sender: HandlerOwner): RunningRequest | undefined {
    if (sender.requests.running === 0) return undefined;
    const { id } = frame;
    return (
      sender.requests.awaited.get(id) ??
      this.#called.find(({ owner, transactionId }) => owner === sender && transactionId === id)
    );
  }

  /** Takes a cancel frame from `host`:`port`. Never throws. */
  cancel(frame: Frame, host: string, port: number): Fate {
    const body = decodeSignal(frame.datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    const sender = this.#options.peers.find(host, port);
    const handler = sender && this.#findRunning(frame, sender);
    return `cancel.${handler?.cancel() ?? 'orphan'}`;
  }

  #acceptAgain({ datagram }: Frame, sender: HandlerOwner, known: KnownRequest, atMs: number): Fate {
    const body = skimRequest(datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    const headerMap = this.#headerMapOf(datagram, body);
    sender.requested(datagram.length, headerMap, atMs);
    const ending = body.digest === known.digest ? known.repeat() : 'conflict';
    this.#options.settlements.settle(known.settled, ending);
    return `request.${ending}`;
  }

  /** A stranger becomes a peer only when its procedure is run. */
  #acceptNew(frame: Frame, sender: HandlerOwner, atMs: number): Fate {
    const { datagram } = frame;
    const body = decodeRequest(datagram);
    if (isDrop(body)) return `malformed.${body.reason}`;
    const headerMap = this.#headerMapOf(datagram, body);
    sender.requested(datagram.length, headerMap, atMs);
    const oneWay = headerMap?.oneWay === true;
    const procedure = this.#options.procedures.find(body.procedure, headerMap !== undefined);
    const request = {
      frame,
      // The offered name is one shared string, while the decoded one would be new for each request.
      procedure: procedure?.name ?? body.procedure,
      args: body.args,
      digest: digestOf(datagram, body.end),
      // Nothing is sent back for a notification, whoever sent it.
      native: headerMap !== undefined && !oneWay,
      headerMap,
      attempt: headerMap?.attempt ?? 1,
      headers: headerMap?.headers,
      oneWay,
      atMs,
    };
    if (procedure === undefined) {
      return this.#refuse(sender, request, unknownProcedure(body.procedure));
    }
    const refusal = this.#refusalOf(sender, headerMap);
    if (refusal !== undefined) return this.#refuse(sender, request, refusal);
    const { args, invalid, fault } = readArguments(procedure, body);
    if (fault !== undefined) this.#engine.reportError(fault);
    if (invalid !== undefined) return this.#refuse(sender, request, invalid);
    const peer = sender.admit();
    if ('code' in peer) return this.#refuse(sender, request, peer);
    const handler = new Handler(peer, this, this.#engine, request);
    this.#start(handler, peer, procedure, args, headerMap);
    return 'request.run';
  }

  #headerMapOf(datagram: Buffer, { end }: { readonly end: number }): HeaderMap | undefined {
    if (end === datagram.length) return undefined;
    const headerMap = readHeaderMap(datagram, end);
    if (headerMap === undefined) this.unreadableHeaders += 1;
    return headerMap;
  }

  #refusalOf(sender: HandlerOwner, headerMap: HeaderMap | undefined): Refusal | undefined {
    if (this.#oneEnded !== undefined) return CLOSING;
    if (headerMap?.remainingMs === 0) return DEADLINE_PASSED;
    return this.#slots.refusal(sender) ?? this.#noPlaceFor(sender, headerMap?.oneWay === true);
  }

  /** Why the end of one more request could not be remembered; undefined if it could. */
  #noPlaceFor({ origin }: HandlerOwner, oneWay: boolean): Refusal | undefined {
    const { atMostOnce, limits } = this.#options;
    if (atMostOnce === 'bounded') return undefined;
    // Each running procedure will need a place in the memory, too.
    const isFull = this.#slots.running + this.#memory.sizeOf(oneWay) >= limits.maxReplies;
    if (isFull) return overloaded('maxReplies', limits.maxReplies);
    return this.#repliesShare.refusal(origin, 'claimed');
  }

  /**
   * A caller that is told "not run" relies on it. But a later copy of the request could be
   * accepted: the endpoint may be less busy, or the schema may give another result. So such a
   * refusal is remembered. If there is no room to remember it, the caller is not told.
   */
  #refuse(sender: HandlerOwner, request: InboundRequest, refusal: Refusal): Fate {
    const { middleware, settlements } = this.#options;
    const handler = new Handler(sender, this, this.#engine, request);
    const mayChange = refusal.code === 'overloaded' || refusal.code === 'invalidArguments';
    const answered = handler.native && !(mayChange && this.#memory.hasNoRoomToRefuse);
    handler.refuse(refusal, answered);
    if (answered && mayChange) this.#memory.rememberRefusal(handler);
    settlements.settle({ ...handler.context, error: refusal.error }, refusal.code);
    middleware?.showRefused(request, handler.context, sender.socketAddress, refusal);
    return `request.refused.${refusal.code}`;
  }

  #start(
    handler: Handler,
    peer: HandlerOwner,
    procedure: OfferedProcedure,
    args: readonly unknown[],
    headerMap: HeaderMap | undefined,
  ): void {
    const { endpointFor, limits, middleware, settlements } = this.#options;
    const served = {
      sender: peer.socketAddress,
      endpointFor,
      attempt: headerMap?.attempt ?? 1,
      oneWay: handler.context.oneWay,
      traceparent: headerMap?.traceparent,
      headers: headerMap?.headers,
      receivedAtMs: handler.context.receivedAtMs,
      callerWaitsMs: headerMap?.remainingMs,
      timeoutMs: procedure.contracted?.timeoutMs ?? limits.handlerTimeoutMs,
    };
    this.#slots.take(peer);
    this.#called.push(handler);
    settlements.started(handler.context, served.sender);
    const passing = middleware?.scopeOf(served, handler.context, args);
    handler.run(procedure, args, passing ?? new RequestScope(served, this.#engine.clock));
    this.#called.pop();
  }

  handlerEnded(handler: Handler): void {
    this.#stopped(handler);
    this.#memory.remember(handler);
    this.#options.settlements.handlerEnded(handler.context, handler.thrown);
    this.#oneEnded?.();
  }

  handlerAwaited(handler: Handler): void {
    this.#awaited.add(handler);
    handler.owner.requests.isAwaited(handler.context.transactionId, handler);
  }

  handlerAbandoned(handler: Handler): void {
    this.#stopped(handler);
  }

  resultDiscarded(): void {
    this.discardedResults += 1;
  }

  handlerOverran({ owner }: Handler): void {
    this.#slots.overran(owner);
  }

  overrunEnded({ owner }: Handler): void {
    this.#slots.overrunEnded(owner);
  }

  #stopped(handler: Handler): void {
    if (this.#awaited.size > 0) this.#awaited.delete(handler);
    this.#slots.free(handler.owner, handler.context.transactionId);
  }

  handlers(): Handler[] {
    return [...this.#called, ...this.#awaited];
  }

  /** Refuses new requests from now on. `oneEnded` is called whenever a request has ended. */
  drain(oneEnded: () => void): void {
    this.#oneEnded = oneEnded;
  }

  /** Forgets every handler. The signals of running procedures abort with `reason`. */
  close(reason: unknown): void {
    // An abandoned procedure may end another one, which this loop then does not visit any more.
    for (const handler of this.#awaited) {
      handler.abandon(reason);
      this.#options.settlements.settle(handler.context, 'abandoned');
    }
    this.#slots.close();
    this.#memory.clear();
  }
}
