/**
 * A call: the actor of one outbound transaction.
 *
 * It runs the call machine, owns the request's bytes and the call's one alarm, and is awaitable as an
 * `Outcome`. It belongs to its peer, which decides when it may be sent.
 */
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import { InvalidResultError } from '../contract/errors.js';
import type { Environment } from '../endpoint/environment.js';
import type { CallTrace } from '../engine/tracing.js';
import type { TransactionId } from '../wire/frame.js';
import type { RequestFrame } from '../wire/outbound-frame.js';
import { tieToSignal, untieFromSignal } from './abort.js';
import { firstGapMs } from './backoff.js';
import { callMachine } from './machine.js';
import type { CallMachine } from './machine.js';
import { SAFE_ATTEMPTS } from './options.js';
import { CallError, RemoteError } from '../api/outcome.js';
import type { Outcome } from '../api/outcome.js';
import type { CallOwner } from './owner.js';
import type { CallRequest, ReportTarget } from './request.js';
import { Retransmission } from './retransmission.js';
import { saysUnreachable, verdictOf } from './verdict.js';

const table = compileTable(callMachine);

/**
 * One call: an XState actor ref (`subscribe`, `on`, `getSnapshot`, usable with `toPromise` and
 * `waitFor`) that can be awaited.
 *
 * `await call` gives the outcome as soon as there is one and never throws for what the network did.
 * XState's `toPromise(call)` gives the same outcome when the actor ends, which after a time-out is
 * when it has lingered: when a late answer came, or none did.
 */
export class Call<Value = unknown>
  extends LightActor<CallMachine, Environment>
  implements PromiseLike<Outcome<Value>>
{
  /** @internal Its request; undefined when it is not sent, or not any more. */
  frame: RequestFrame | undefined;
  /** @internal A call is an `Alarm`: `heapIndex` and `ring`. */
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
  /** What it was asked for with, if there is more to that than its context tells: with most calls there is not. */
  readonly #request: CallRequest | undefined;
  #outcome: Promise<Outcome> | undefined;
  #fulfil: ((outcome: Outcome) => void) | undefined;
  /** How long the answer to the first transmission is waited for. */
  #firstGapMs = 0;
  #retransmission: Retransmission | undefined;
  /** Whether the first transmission went in a bundle. */
  #wasBundled = false;

  /** @internal Without a frame it cannot be sent. */
  constructor(
    peer: CallOwner,
    environment: Environment,
    request: CallRequest,
    frame: RequestFrame | undefined,
  ) {
    const { procedure, args, options } = request;
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
    this.frame = frame;
    this.#peer = peer;
    if (hasMoreThanContext(request)) this.#request = request;
    this.start();
    if (options.signal !== undefined) tieToSignal(this, options.signal);
  }

  /** @internal Whom its reports are sent to. */
  get replyTo(): ReportTarget | undefined {
    return this.#request?.replyTo;
  }

  /** @internal What subscribers of the tracing channel are told; undefined while there are none. */
  get trace(): CallTrace | undefined {
    return this.#request?.trace;
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
  get transactionId(): TransactionId {
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

  get #deadlineMs(): number {
    return this.context.calledAtMs + this.context.timeoutMs;
  }

  /** @internal It waits for its turn: it has an alarm from now on. */
  queued(): void {
    this.home.alarms.set(this, this.#deadlineMs);
  }

  /** @internal The request goes out for the first time; what the kernel makes of it comes to `sent`. */
  transmitted(nowMs: number): void {
    this.frame?.stamp(1, this.#deadlineMs - nowMs);
    this.receive({ type: 'transmitted', atMs: nowMs }, this.#peer.ref);
  }

  /**
   * @internal The request went out. The alarm is set only now, while it travels: that shortens the round
   * trip when there is no other call to make meanwhile.
   */
  awaitAnswer(nowMs: number): void {
    // Whoever saw it go may have cancelled the call.
    if (this.done) return;
    this.#firstGapMs = firstGapMs(this.#peer.rtoMs(nowMs), this.home.random);
    this.#setAlarm(nowMs + this.#firstGapMs);
  }

  /** Made for those that need it: most calls are answered before. */
  get #repetition(): Retransmission {
    return (this.#retransmission ??= new Retransmission(
      this.context.sentAtMs ?? 0,
      this.#firstGapMs,
    ));
  }

  /** @internal What the kernel made of the first transmission. */
  sent(error: Error | null, bundled: boolean): void {
    const { ref } = this.home.socket;
    this.#wasBundled = bundled;
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
    const { ref } = this.home.socket;
    const { value, issues } = this.#request?.contracted?.readResult(result) ?? { value: result };
    if (issues === undefined) {
      this.receive({ type: 'answered', value, atMs }, ref);
      return;
    }
    if (issues.fault !== undefined) this.home.reportError(issues.fault);
    const cause = new InvalidResultError(this.context.procedure, issues);
    const error = new RemoteError('invalidResult', cause.message, issues, { cause });
    this.receiveError(error, atMs);
  }

  /** @internal The peer's error arrived. */
  receiveError(error: RemoteError, atMs: number): void {
    this.receive({ type: 'failed', error, atMs }, this.home.socket.ref);
  }

  /** @internal The peer says that it is still at work. */
  peerAtWork(): void {
    this.receive({ type: 'working' }, this.home.socket.ref);
    if (this.done || this.state === 'timedOut') return;
    this.#peer.atWork(this, this.context.sentAtMs ?? 0);
    const nowMs = this.#nowMs();
    const rtoMs = this.#peer.rtoMs(nowMs);
    this.#setAlarm(this.#repetition.peerAtWork(nowMs, this.#deadlineMs, rtoMs));
  }

  /**
   * @internal The peer withholds its reply until it is shown that we receive what it sends here. The
   * request goes out once more, with the token; a peer that knows challenges does not run it again.
   */
  challenged(token: Uint8Array): void {
    if (this.frame === undefined || this.done) return;
    const repetition = this.#repetition;
    if (repetition.challenged || !repetition.isSafe(this.#nowMs())) return;
    repetition.challenged = true;
    this.frame = this.frame.withToken(token);
    this.#retransmit(this.#nowMs());
  }

  #expire(nowMs: number): void {
    const { timeoutMs } = this.context;
    // As long as the socket's callback is pending, nobody knows whether the request left.
    const sentAtMs = this.state === 'awaiting' ? this.context.sentAtMs : undefined;
    const { heardAtMs } = this.#peer;
    const lagMs = nowMs - this.#deadlineMs;
    const unreachable = this.#retransmission?.unreachable === true;
    this.receive({
      type: 'expired',
      verdict: verdictOf({ sentAtMs, unreachable, heardAtMs, lagMs, timeoutMs }),
    });
  }

  /** No answer came while the last transmission was waited for. */
  #overdue(nowMs: number): void {
    const { attempt, maxAttempts = SAFE_ATTEMPTS, workingHeard } = this.context;
    const { awaitsAnswer, gapMs, sentAtMs } = this.#repetition;
    // A peer that is at work has lost nothing.
    if (awaitsAnswer && !workingHeard) this.#peer.unanswered(gapMs, sentAtMs);
    if (attempt >= maxAttempts) {
      this.#peer.release(this);
      this.home.alarms.set(this, this.#deadlineMs);
    } else if (this.#mayRepeat(nowMs)) {
      this.#retransmit(nowMs);
    } else {
      this.#peer.release(this);
      // The peer may become known as one that takes repetitions before the call is over.
      this.#setAlarm(this.#repetition.putOff(nowMs, this.#peer.rtoMs(nowMs)));
    }
  }

  /**
   * Whether the request may be sent again: its caller said so, or the peer would not run it again, or cannot
   * have understood it: a bundle says nothing to what took the place of an rpcudp endpoint.
   */
  #mayRepeat(nowMs: number): boolean {
    const { attempt, maxAttempts } = this.context;
    if (maxAttempts !== undefined) return true;
    const notUnderstood = this.#wasBundled && attempt === 1;
    return (this.#peer.native || notUnderstood) && this.#repetition.isSafe(nowMs);
  }

  /** Sends the request again: the same id and body, with a header map that is true now. */
  #retransmit(nowMs: number): void {
    this.receive({ type: 'retransmitted' }, this.#peer.ref);
    // Whoever saw that may have cancelled the call.
    if (this.frame === undefined || this.done) return;
    const repetition = this.#repetition;
    this.frame.stamp(this.context.attempt, this.#deadlineMs - nowMs);
    this.#peer.retransmit(this.frame, {
      sent: (error) => {
        repetition.unreachable = error !== null && saysUnreachable(error);
      },
    });
    this.#setAlarm(repetition.transmitted(nowMs, this.#peer.rtoMs(nowMs)));
  }

  #setAlarm(dueMs: number): void {
    // A send that the system refuses at once is told to listeners, who may have cancelled the call.
    if (this.done) return;
    this.home.alarms.set(this, Math.min(dueMs, this.#deadlineMs));
  }

  #nowMs(): number {
    return this.home.clock.nowMs();
  }

  protected override entered(state: string): void {
    const { alarms, clock, limits, outstanding } = this.home;
    switch (state) {
      case 'timedOut':
        alarms.set(this, clock.nowMs() + limits.lingerMs);
        // It is not sent any more.
        this.frame = undefined;
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
    const signal = this.#request?.options.signal;
    if (signal !== undefined) untieFromSignal(this, signal);
    if (this.context.outcome !== undefined) this.#fulfil?.(this.context.outcome);
    this.#peer.callSettled(this);
  }

  #end(): void {
    this.frame = undefined;
    this.home.alarms.clear(this);
    this.home.outstanding.delete(this);
    this.#peer.callEnded(this);
  }
}

function hasMoreThanContext({ replyTo, contracted, trace, options }: CallRequest): boolean {
  return (
    replyTo !== undefined ||
    contracted !== undefined ||
    trace !== undefined ||
    options.signal !== undefined
  );
}
