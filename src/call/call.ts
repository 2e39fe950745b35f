/**
 * A call: the actor of one outbound transaction.
 *
 * It runs the call machine, owns the request's bytes and the call's one alarm, and is awaitable as an
 * `Outcome`. It belongs to its peer, which decides when it may be sent.
 */
import type { AnyActorRef } from 'xstate';
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import type { Environment } from '../endpoint/environment.js';
import type { TransactionId } from '../wire/frame.js';
import { tieToSignal, untieFromSignal } from './abort.js';
import { backoffMs } from './backoff.js';
import { callMachine } from './machine.js';
import type { CallMachine } from './machine.js';
import type { CheckedCallOptions } from './options.js';
import { CallError } from './outcome.js';
import type { Outcome } from './outcome.js';
import type { CallReport } from './report.js';
import { verdictOf } from './verdict.js';

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
  heard(nowMs: number): void;
  transmit(call: Call): void;
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
  /** @internal A call is an `Alarm`: `dueMs`, `heapIndex` and `ring`. */
  dueMs = 0;
  /** @internal */
  heapIndex = -1;
  /** @internal With `previous` and `next`, what lets a call be in a list: mailbox, window or lingering. */
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
  #outcome: Promise<Outcome> | undefined;
  #fulfil: ((outcome: Outcome) => void) | undefined;

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
    this.#peer = peer;
    this.#environment = environment;
    this.#deadlineMs = calledAtMs + options.timeoutMs;
    environment.alarms.set(this, this.#deadlineMs);
    this.#signal = options.signal;
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

  /** @internal Another peer's actor takes the call over. */
  moveTo(peer: CallOwner): void {
    this.#peer = peer;
  }

  /** @internal The request goes out for the first time; the socket's callback is `sent`. */
  transmitted(): void {
    this.receive({ type: 'transmitted', atMs: this.#environment.clock.nowMs() }, this.#peer.ref);
    this.#scheduleNextAttempt();
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
    else {
      this.receive({ type: 'retransmitted' }, this.#peer.ref);
      // Whoever saw that may have cancelled the call.
      if (this.done) return;
      this.#peer.transmit(this);
      this.#scheduleNextAttempt();
    }
  }

  #expire(nowMs: number): void {
    const { timeoutMs } = this.context;
    // As long as the socket's callback is pending, nobody knows whether the request left.
    const sentAtMs = this.state === 'awaiting' ? this.context.sentAtMs : undefined;
    const { heardAtMs } = this.#peer;
    const lagMs = nowMs - this.#deadlineMs;
    this.receive({
      type: 'expired',
      verdict: verdictOf({ sentAtMs, heardAtMs, lagMs, timeoutMs }),
    });
  }

  #scheduleNextAttempt(): void {
    const { attempt, maxAttempts } = this.context;
    const { alarms, clock, random } = this.#environment;
    if (maxAttempts === 1 || this.done) return;
    const nextMs = attempt < maxAttempts ? clock.nowMs() + backoffMs(attempt, random) : Infinity;
    alarms.set(this, Math.min(nextMs, this.#deadlineMs));
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
