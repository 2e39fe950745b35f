/**
 * A call: the actor of one outbound transaction.
 *
 * It runs the call machine, owns the request's bytes and the call's one alarm, and is awaitable as an
 * `Outcome`. It belongs to its peer, which decides when it may be sent.
 */
import type { AnyActorRef } from 'xstate';
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidResultError } from '../contract/errors.js';
import type { Environment } from '../endpoint/environment.js';
import type { CallTrace } from '../tracing.js';
import type { TransactionId } from '../wire/frame.js';
import { stampRequest, withToken } from '../wire/header-map.js';
import { tieToSignal, untieFromSignal } from './abort.js';
import { callMachine } from './machine.js';
import type { CallMachine } from './machine.js';
import { SAFE_ATTEMPTS } from './options.js';
import type { CheckedCallOptions } from './options.js';
import { CallError, RemoteError } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { CallReport } from './report.js';
import { Retransmission } from './retransmission.js';
import { saysUnreachable, verdictOf } from './verdict.js';

/** Whoever is sent a call's reports: an actor, as a rule. */
export interface ReportTarget {
  send(report: CallReport): void;
}

/** The peer, as its calls see it. */
export interface CallOwner {
  readonly ref: AnyActorRef;
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly heardAtMs: number | undefined;
  /** Whether it is known to run a repeated request only once, and to understand more than rpcudp 5.x. */
  readonly native: boolean;
  /** How long to wait for an answer before the request is sent again. */
  rtoMs(nowMs: number): number;
  /** An answer to one of its calls arrived; `native` says whether it had a header map. */
  answered(nowMs: number, native: boolean): void;
  /** No answer came within `waitedMs` to what a call sent at `sentAtMs`. */
  unanswered(waitedMs: number, sentAtMs: number): void;
  /** The peer is at work on a call that was first sent at `sentAtMs`. */
  atWork(call: Call, sentAtMs: number): void;
  /** The call goes on waiting, and needs no place in the window for that. */
  release(call: Call): void;
  /** Sends the call's datagram once more; `done` tells what the kernel made of it. */
  retransmit(call: Call, done: (error: Error | null) => void): void;
  /** The call left the window or the mailbox: it has its outcome. */
  callSettled(call: Call): void;
  /** The call is over: settled, and no longer lingering. */
  callEnded(call: Call): void;
}

/** What a call is created with. */
export interface CallRequest {
  readonly id: TransactionId;
  /** The same in hexadecimal. */
  readonly transactionId: string;
  readonly datagram: Buffer;
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly options: CheckedCallOptions;
  /** What the peer's contract says of the procedure. */
  readonly contracted?: ContractedProcedure | undefined;
  readonly traceparent?: string | undefined;
  readonly trace?: CallTrace | undefined;
  /** An actor of the caller's that every report of this call is sent to. */
  readonly replyTo: ReportTarget | undefined;
}

const table = compileTable(callMachine);

/** The datagram of a call that is not sent, or not any more. */
export const NO_DATAGRAM = Buffer.alloc(0);

/**
 * One call: an XState actor ref (`subscribe`, `on`, `getSnapshot`, usable with `toPromise` and
 * `waitFor`) that can be awaited.
 *
 * `await call` gives the outcome as soon as there is one and never throws for what the network did.
 * XState's `toPromise(call)` gives the same outcome when the actor ends, which after a time-out is
 * when it has lingered: when a late answer came, or none did.
 */
export class Call<Value = unknown>
  extends LightActor<CallMachine>
  implements PromiseLike<Outcome<Value>>
{
  /** @internal The transaction id's 20 bytes. */
  readonly wireId: TransactionId;
  /** @internal */
  datagram: Buffer;
  /** @internal */
  readonly replyTo: ReportTarget | undefined;
  /** @internal What subscribers of the tracing channel are told; undefined while there are none. */
  readonly trace: CallTrace | undefined;
  /** @internal A call is an `Alarm`: `dueMs`, `heapIndex` and `ring`. */
  dueMs = 0;
  /** @internal */
  heapIndex = -1;
  /** @internal With `previous` and `next`, what lets a call be in a list: mailbox, window, released or lingering. */
  list: object | undefined;
  /** @internal */
  previous: Call | undefined;
  /** @internal */
  next: Call | undefined;
  /** @internal The next in the same chain of the outstanding calls. */
  nextInBucket: Call | undefined;

  #peer: CallOwner;
  readonly #environment: Environment;
  readonly #deadlineMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #contracted: ContractedProcedure | undefined;
  readonly #traceparent: string | undefined;
  #outcome: Promise<Outcome> | undefined;
  #fulfil: ((outcome: Outcome) => void) | undefined;
  readonly #retransmission: Retransmission;
  /** Whether the kernel refused the last transmission. */
  #unreachable = false;
  #challenged = false;

  /** @internal */
  constructor(peer: CallOwner, environment: Environment, request: CallRequest) {
    const { id, procedure, args, options } = request;
    const calledAtMs = environment.clock.nowMs();
    super(
      table,
      environment,
      {
        procedure,
        args,
        peer: peer.address,
        transactionId: request.transactionId,
        timeoutMs: options.timeoutMs,
        maxAttempts: options.attempts,
        calledAtMs,
        reference: options.reference,
      },
      peer.ref,
    );
    this.wireId = id;
    this.datagram = request.datagram;
    this.replyTo = request.replyTo;
    this.trace = request.trace;
    this.#peer = peer;
    this.#environment = environment;
    this.#deadlineMs = calledAtMs + options.timeoutMs;
    this.#signal = options.signal;
    this.#retransmission = new Retransmission(environment.random);
    this.#contracted = request.contracted;
    this.#traceparent = request.traceparent;
    this.start();
    if (options.signal !== undefined) tieToSignal(this, options.signal);
  }

  /** @internal The actor it belongs to. */
  get peer(): CallOwner {
    return this.#peer;
  }

  /** A name for people: `call sayhi 3f9a`. */
  override get id(): string {
    return `call ${this.context.procedure} ${this.context.transactionId.slice(0, 4)}`;
  }

  /** 40 hexadecimal digits: what request and answer have in common. */
  get transactionId(): string {
    return this.context.transactionId;
  }

  /** Cancels the call if it has no outcome yet: the outcome is `cancelled`, with this reason. */
  cancel(reason?: unknown): void {
    this.receive({ type: 'cancel', reason });
  }

  /**
   * The throwing form of `await`.
   *
   * @throws CallError for every outcome but `resolved`.
   */
  async value(): Promise<Value> {
    const outcome = await this;
    if (outcome.state === 'resolved') return outcome.value;
    throw new CallError(this.context.procedure, this.context.peer, outcome);
  }

  /** Makes the call awaitable. Never rejects. */
  then<Fulfilled = Outcome<Value>, Failed = never>(
    onFulfilled?: ((outcome: Outcome<Value>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Fulfilled | Failed> {
    const { outcome } = this.context;
    this.#outcome ??=
      outcome === undefined
        ? new Promise((fulfil) => (this.#fulfil = fulfil))
        : Promise.resolve(outcome);
    return (this.#outcome as Promise<Outcome<Value>>).then(onFulfilled, onRejected);
  }

  /** @internal Whether an answer came, in time or late. */
  get answered(): boolean {
    return this.state === 'resolved' || this.state === 'rejected' || this.state === 'late';
  }

  /** @internal Another peer's actor takes the call over. */
  moveTo(peer: CallOwner): void {
    this.#peer = peer;
  }

  /** @internal It waits for its turn: it has an alarm from now on. */
  queued(): void {
    this.#environment.alarms.set(this, this.#deadlineMs);
  }

  /** @internal The request goes out for the first time; the socket's callback is `sent`. */
  transmitted(): void {
    const nowMs = this.#environment.clock.nowMs();
    stampRequest(this.datagram, 1, this.#deadlineMs - nowMs);
    this.receive({ type: 'transmitted', atMs: nowMs }, this.#peer.ref);
    this.#awaitAnswer(nowMs);
  }

  /** @internal The socket's callback for the first transmission. */
  sent(error: Error | null): void {
    const { ref, noteSent } = this.#environment.socket;
    noteSent(error);
    if (error === null) this.receive({ type: 'accepted' }, ref);
    else this.receive({ type: 'refused', error }, ref);
  }

  /** @internal The call's alarm: time to send again, time to give up, or time to stop lingering. */
  ring(nowMs: number): void {
    if (this.state === 'timedOut') this.receive({ type: 'lingered' });
    else if (nowMs >= this.#deadlineMs) this.#expire(nowMs);
    else this.#overdue(nowMs);
  }

  /** @internal The peer's result arrived; what its contract makes of it is the value. */
  receiveResult(result: unknown, atMs: number): void {
    const { ref } = this.#environment.socket;
    const { value, issues } = this.#contracted?.readResult(result) ?? { value: result };
    if (issues === undefined) {
      this.receive({ type: 'answered', value, atMs }, ref);
      return;
    }
    if (issues.fault !== undefined) this.#environment.reportError(issues.fault);
    const cause = new InvalidResultError(this.context.procedure, issues);
    const error = new RemoteError('invalidResult', cause.message, issues, { cause });
    this.receiveError(error, atMs);
  }

  /** @internal The peer's error arrived. */
  receiveError(error: RemoteError, atMs: number): void {
    this.receive({ type: 'failed', error, atMs }, this.#environment.socket.ref);
  }

  /** @internal The peer says that it is still at work. */
  peerAtWork(): void {
    this.receive({ type: 'working' }, this.#environment.socket.ref);
    if (this.done || this.state === 'timedOut') return;
    this.#peer.atWork(this, this.context.sentAtMs ?? 0);
    this.#setAlarm(this.#retransmission.peerAtWork(this.#nowMs(), this.#deadlineMs));
  }

  /**
   * @internal The peer withholds its reply until it is shown that we receive what it sends here. The
   * request goes out once more, with the token; a peer that knows challenges does not run it again.
   */
  challenged(token: Uint8Array): void {
    if (this.#challenged || this.done || this.state === 'timedOut') return;
    if (!this.#retransmission.isSafe(this.#nowMs())) return;
    this.#challenged = true;
    this.#retransmit(withToken(this.datagram, this.#traceparent, token), this.#nowMs());
  }

  #expire(nowMs: number): void {
    const { timeoutMs } = this.context;
    // As long as the socket's callback is pending, nobody knows whether the request left.
    const sentAtMs = this.state === 'awaiting' ? this.context.sentAtMs : undefined;
    const { heardAtMs } = this.#peer;
    const lagMs = nowMs - this.#deadlineMs;
    const unreachable = this.#unreachable;
    this.receive({
      type: 'expired',
      verdict: verdictOf({ sentAtMs, unreachable, heardAtMs, lagMs, timeoutMs }),
    });
  }

  /** No answer came while the last transmission was waited for. */
  #overdue(nowMs: number): void {
    const { attempt, maxAttempts = SAFE_ATTEMPTS, workingHeard } = this.context;
    const { awaitsAnswer, gapMs, sentAtMs } = this.#retransmission;
    // A peer that is at work has lost nothing.
    if (awaitsAnswer && !workingHeard) this.#peer.unanswered(gapMs, sentAtMs);
    if (attempt >= maxAttempts) {
      this.#peer.release(this);
      this.#environment.alarms.set(this, this.#deadlineMs);
    } else if (this.#mayRepeat(nowMs)) {
      // The kernel may still hold the bytes of the last transmission.
      this.#retransmit(Buffer.from(this.datagram), nowMs);
    } else {
      this.#peer.release(this);
      // The peer may become known as one that takes repetitions before the call is over.
      this.#setAlarm(this.#retransmission.putOff(nowMs, this.#peer.rtoMs(nowMs)));
    }
  }

  /** Whether the request may be sent again: its caller said so, or the peer would not run it again. */
  #mayRepeat(nowMs: number): boolean {
    if (this.context.maxAttempts !== undefined) return true;
    return this.#peer.native && this.#retransmission.isSafe(nowMs);
  }

  /** Sends the request again: the same id and body, with a header map that is true now. */
  #retransmit(datagram: Buffer, nowMs: number): void {
    this.receive({ type: 'retransmitted' }, this.#peer.ref);
    // Whoever saw that may have cancelled the call.
    if (this.done) return;
    this.datagram = datagram;
    stampRequest(datagram, this.context.attempt, this.#deadlineMs - nowMs);
    this.#peer.retransmit(this, (error) => {
      this.#unreachable = error !== null && saysUnreachable(error);
    });
    this.#awaitAnswer(nowMs);
  }

  /** Sets the alarm for when the answer to what was just sent will be overdue. */
  #awaitAnswer(nowMs: number): void {
    if (this.done) return;
    this.#setAlarm(this.#retransmission.transmitted(nowMs, this.#peer.rtoMs(nowMs)));
  }

  #setAlarm(dueMs: number): void {
    this.#environment.alarms.set(this, Math.min(dueMs, this.#deadlineMs));
  }

  #nowMs(): number {
    return this.#environment.clock.nowMs();
  }

  protected override entered(state: string): void {
    const { alarms, clock, limits, outstanding } = this.#environment;
    switch (state) {
      case 'timedOut':
        alarms.set(this, clock.nowMs() + limits.lingerMs);
        // It is not sent any more.
        this.datagram = NO_DATAGRAM;
        this.#settle();
        // What was never sent cannot be answered late.
        if (this.context.attempt === 0) this.receive({ type: 'lingered' });
        else outstanding.linger(this);
        break;
      case 'late':
      case 'lost':
        this.#end();
        break;
      case 'resolved':
      case 'rejected':
      case 'cancelled':
      case 'unsent':
        this.#settle();
        this.#end();
        break;
    }
  }

  #settle(): void {
    if (this.#signal !== undefined) untieFromSignal(this, this.#signal);
    if (this.context.outcome !== undefined) this.#fulfil?.(this.context.outcome);
    this.#peer.callSettled(this);
  }

  #end(): void {
    this.#environment.alarms.clear(this);
    this.#environment.outstanding.delete(this);
    this.#peer.callEnded(this);
  }
}
