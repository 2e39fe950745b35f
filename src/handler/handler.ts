/**
 * Handler actor: one inbound transaction. It runs the procedure and sends the reply. Its keeper
 * remembers the reply for repetitions of the request.
 */
import { shareAmongCopies } from '../copies/shared-class.js';
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import type { Alarm } from '../time/alarms.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidResultError } from '../contract/errors.js';
import type { Engine } from '../engine/engine.js';
import type { SettledRequest } from '../api/endpoint-report.js';
import { CallerCancelledError, HandlerTimedOutError } from '../errors.js';
import type { HandlerTrace } from '../engine/tracing.js';
import type { Frame } from '../wire/frame.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { CallHeaders } from '../wire/headers.js';
import { PLAIN_HEADER_MAP } from '../wire/header-map.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import { encodeResponse } from '../wire/response.js';
import { encodeSignal } from '../wire/signal.js';
import type { ErrorReply } from '../wire/error-reply.js';
import { encodeFailure, failureOf } from './failure.js';
import { handlerMachine } from './machine.js';
import type { RunningRequest } from './known-request.js';
import type { HandlerMachine } from './machine.js';
import type { HandlerOwner, RepliedTo } from './owner.js';
import type { OfferedProcedure } from './procedures.js';
import { isPromiseLike } from '../time/promise-like.js';
import type { Procedure } from '../api/handlers.js';
import type { Refusal } from './refusal.js';
import type { RequestScope } from './scope.js';

/** The members of the inbox that a handler uses. */
export interface HandlerKeeper {
  /** The procedure has returned a promise, and the handler waits for it. */
  handlerAwaited(handler: Handler): void;
  handlerEnded(handler: Handler): void;
  /** The handler does not wait for the procedure any longer. */
  handlerAbandoned(handler: Handler): void;
  /** A procedure gave a result too late, or a second time. */
  resultDiscarded(): void;
  /** The procedure runs on after its deadline. */
  handlerOverran(handler: Handler): void;
  /** A procedure that ran on has ended. */
  overrunEnded(handler: Handler): void;
}

export interface InboundRequest {
  readonly frame: Frame;
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** Distinguishes this request from another one with the same id. */
  readonly digest: number;
  readonly headerMap: HeaderMap | undefined;
  /** Whether its sender is an rpcudp endpoint, which understands more than a response. */
  readonly native: boolean;
  readonly attempt: number;
  /** The caller's headers; undefined if there are none. */
  readonly headers: CallHeaders | undefined;
  /** Whether it is a notification: nothing is sent back. */
  readonly oneWay: boolean;
  readonly atMs: number;
}

const table = compileTable(handlerMachine);

export class Handler
  extends LightActor<HandlerMachine, Engine>
  implements Alarm, RunningRequest, RepliedTo
{
  static {
    shareAmongCopies('Handler', this);
  }

  readonly owner: HandlerOwner;
  readonly frame: Frame;
  readonly digest: number;
  readonly native: boolean;
  /** The reply; undefined before it is made, and when there is none. */
  reply: OutboundFrame | undefined;
  thrown: unknown;
  /** Its index in the heap of alarms. The alarm is the procedure's deadline. */
  heapIndex = -1;

  readonly #keeper: HandlerKeeper;
  /** Whether the procedure runs on after its deadline. */
  #overruns = false;
  /** Set while the procedure runs. */
  #scope: RequestScope | undefined;
  #contracted: ContractedProcedure | undefined;
  #trace: HandlerTrace | undefined;

  constructor(owner: HandlerOwner, keeper: HandlerKeeper, engine: Engine, request: InboundRequest) {
    super(
      table,
      engine,
      {
        procedure: request.procedure,
        args: request.args,
        peer: owner.address,
        transactionId: request.frame.id,
        receivedAtMs: request.atMs,
        attempt: request.attempt,
        headers: request.headers,
        oneWay: request.oneWay,
      },
      owner.ref,
    );
    this.owner = owner;
    this.frame = request.frame;
    this.digest = request.digest;
    this.native = request.native;
    this.#keeper = keeper;
    if (engine.inspection.watched) this.report();
  }

  /** A readable name, such as `handler b21c`, without the procedure's name that the peer chose. */
  override get id(): string {
    return `handler ${this.context.transactionId.slice(0, 4)}`;
  }

  get transactionId(): TransactionId {
    return this.context.transactionId;
  }

  get settled(): SettledRequest {
    return this.context;
  }

  /** Runs the procedure. The keeper is told when it ends. Never throws. */
  run(procedure: OfferedProcedure, args: readonly unknown[], scope: RequestScope): void {
    this.#scope = scope;
    this.#contracted = procedure.contracted;
    this.receive({ type: 'started' }, this.owner.ref);
    let result: unknown;
    try {
      result = this.#call(procedure.run, args as never[], scope);
      if (isPromiseLike(result)) {
        this.#await(result, scope);
        return;
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#succeed(result);
  }

  #call(procedure: Procedure, args: never[], scope: RequestScope): unknown {
    const { tracers } = this.home;
    if (!tracers.followRequests) return procedure(scope, ...args);
    const { procedure: name, peer, transactionId, headers } = this.context;
    const { traceparent } = scope;
    const about = { procedure: name, args, peer, transactionId, traceparent };
    this.#trace = tracers.traceRequest(headers === undefined ? about : { ...about, headers });
    return this.#trace.run(() => procedure(scope, ...args));
  }

  #await(result: PromiseLike<unknown>, { remainingMs }: RequestScope): void {
    result.then(
      (value) => {
        this.#succeed(value);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
    // A thenable may already have called back.
    if (this.row.name === 'running') {
      this.#keeper.handlerAwaited(this);
      this.home.alarms.set(this, this.home.clock.nowMs() + remainingMs);
    }
  }

  /** Ends the request without running its procedure, and sends the reason if `answered`. */
  refuse({ code, message, data }: Refusal, answered: boolean): void {
    this.receive({ type: 'refused', refusal: code }, this.owner.ref);
    if (!answered) return;
    this.#answer(this.#encodeError({ code, message, data }));
  }

  /** The caller cancelled its call. The procedure's signal aborts, and no reply will be sent. */
  cancel(): 'delivered' | 'orphan' {
    if (this.row.name !== 'running' || this.context.oneWay) return 'orphan';
    this.receive({ type: 'cancelled' }, this.owner.ref);
    this.#scope?.abort(new CallerCancelledError());
    return 'delivered';
  }

  abandon(reason: unknown): void {
    const scope = this.#scope;
    const message = 'The endpoint was closed while the procedure ran';
    if (this.native) {
      this.#answer(this.#encodeError({ code: 'handlerFailed', message }));
    }
    this.#trace?.failed(reason);
    this.receive({ type: 'abandoned' });
    scope?.abort(reason);
  }

  /** The deadline has passed. A later result of the procedure is discarded. */
  ring(): void {
    const scope = this.#scope;
    if (scope === undefined) return;
    const error = scope.timedOut();
    this.#overruns = true;
    this.#keeper.handlerOverran(this);
    this.#fail(error);
    scope.abort(error);
  }

  repeat(): 'duplicate' {
    this.receive({ type: 'duplicated' }, this.owner.ref);
    if (this.native)
      this.owner.replies.sendAgain(encodeSignal('working', this.context.transactionId), this);
    return 'duplicate';
  }

  #succeed(value: unknown): void {
    if (this.#isTooLate()) return;
    if (this.context.oneWay) {
      // Nobody gets the result of a notification, so it is neither checked nor encoded.
      this.#trace?.succeeded(value);
      this.receive({ type: 'finished', atMs: this.home.clock.nowMs() });
      return;
    }
    let reply: OutboundFrame;
    try {
      reply = this.#encodeResult(value);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#answer(reply);
    this.#trace?.succeeded(value);
    this.receive({ type: 'replied', replyBytes: reply.length, atMs: this.home.clock.nowMs() });
  }

  #encodeResult(value: unknown): OutboundFrame {
    const issues = this.#contracted?.checkResult(value);
    if (issues !== undefined) throw new InvalidResultError(this.context.procedure, issues);
    const headerMap = this.native ? (this.#scope?.replyHeaderMap ?? PLAIN_HEADER_MAP) : undefined;
    return encodeResponse(this.context.transactionId, value, headerMap, this.#contracted?.maxBytes);
  }

  #fail(error: unknown): void {
    if (this.#isTooLate()) return;
    const reply = failureOf(error);
    if (this.native) this.#answerFailure(reply, error);
    this.#trace?.failed(error);
    this.thrown = error;
    const { code, message } = reply;
    const replyBytes = this.reply?.length;
    const failure = { code, message };
    this.receive({ type: 'failed', error, failure, replyBytes, atMs: this.home.clock.nowMs() });
  }

  #answerFailure(reply: ErrorReply, error: unknown): void {
    this.reply = this.#encodeError(reply);
    // At the caller's deadline no answer is sent, because it would race with the caller's time-out.
    const isLate = error instanceof HandlerTimedOutError && error.deadline === 'caller';
    if (!isLate) this.#send(this.reply);
  }

  #isTooLate(): boolean {
    if (this.row.name === 'running') return false;
    this.#keeper.resultDiscarded();
    if (this.#overruns) {
      this.#overruns = false;
      this.#keeper.overrunEnded(this);
    }
    return true;
  }

  #answer(reply: OutboundFrame): void {
    this.reply = reply;
    this.#send(reply);
  }

  #send(reply: OutboundFrame): void {
    if (!this.context.cancelled) this.owner.replies.send(reply, this);
  }

  #encodeError(reply: ErrorReply): OutboundFrame {
    const headerMap = this.#scope?.replyHeaderMap;
    return encodeFailure(this.context.transactionId, reply, this.home.reportError, headerMap);
  }

  protected override entered(state: string): void {
    if (state === 'running' || state === 'refused') return;
    this.#scope?.end();
    this.#scope = undefined;
    this.home.alarms.clear(this);
    if (state === 'abandoned') this.#keeper.handlerAbandoned(this);
    else this.#keeper.handlerEnded(this);
  }
}
