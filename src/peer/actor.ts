/**
 * The peer actor: one remote address. It owns the calls made to it, the mailbox they wait in and the
 * window they are in flight in, and it holds the handlers of the peer's own requests.
 */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import { Listeners } from '../actor/listeners.js';
import { formatAddress } from '../address.js';
import type { SocketAddress } from '../address.js';
import { Call, NO_DATAGRAM } from '../call/call.js';
import type { CallOwner, CallRequest, ReportTarget } from '../call/call.js';
import { checkCallOptions } from '../call/options.js';
import type { CallOptions } from '../call/options.js';
import { lateReport, lostReport, outcomeReport } from '../call/report.js';
import type { CallReport } from '../call/report.js';
import { blamesPeer } from '../call/verdict.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidArgumentsError } from '../contract/errors.js';
import type { Environment } from '../endpoint/environment.js';
import { asError, EndpointClosedError, MailboxFullError, TooManyCallsError } from '../errors.js';
import type { Handler, HandlerOwner, RepliedTo } from '../handler/handler.js';
import { LinkedList } from '../linked-list.js';
import type { CallTrace } from '../tracing.js';
import { callsAreTraced, traceCall } from '../tracing.js';
import { formatTransactionId, transactionIdOf } from '../wire/frame.js';
import type { TransactionId } from '../wire/frame.js';
import { encodeRequest } from '../wire/request.js';
import { encodeSignal } from '../wire/signal.js';
import type { CallCommand } from './command.js';
import { Mailbox } from './mailbox.js';
import { peerMachine } from './machine.js';
import type { PeerHealth } from './machine.js';
import { Path } from './path.js';
import { ReturnPath } from './return-path.js';

/** What a call is made with, beyond procedure and arguments. */
export interface CallTerms {
  readonly options?: CallOptions | undefined;
  /** An actor that every report of the call is sent to. */
  readonly replyTo?: ReportTarget | undefined;
  readonly contracted?: ContractedProcedure | undefined;
}

export class PeerActor implements CallOwner, HandlerOwner {
  readonly ref: ActorRefFrom<typeof peerMachine>;
  /** What calls report, to those who listen at the peer. */
  readonly reports: Listeners<CallReport>;
  /** The handlers of this peer's requests. Bounded by the inbox. */
  readonly handlers = new Map<TransactionId, Handler>();
  /** How many of them run. */
  running = 0;
  heardAtMs: number | undefined;
  native = false;

  readonly #environment: Environment;
  readonly #mailbox: Mailbox;
  /** With the window, which holds the calls in flight. */
  readonly #path: Path;
  readonly #returnPath: ReturnPath;
  /** Calls that wait for an answer outside the window. Bounded by `maxOutstanding`. */
  readonly #overdue = new LinkedList<Call>();
  /** The contracts of commands on their way through the machine. */
  readonly #contracted = new WeakMap<CallCommand, ContractedProcedure>();
  /** Calls that are not over: queued, in flight or lingering. */
  #openCalls = 0;
  /** The canonical address, or `name:port` while the name is being looked up. */
  address: string;
  host: string;
  readonly port: number;
  #lookUp: ((peer: PeerActor) => void) | undefined;
  #lookingUp = false;
  #draining = false;

  /** @param lookUp finds the IP address when `host` is a name; it calls `resolved`, `unresolved` or `handOver` */
  constructor(
    environment: Environment,
    { host, port }: SocketAddress,
    lookUp?: (peer: PeerActor) => void,
  ) {
    this.#environment = environment;
    this.host = host;
    this.port = port;
    this.address = formatAddress({ host, port });
    this.#lookUp = lookUp;
    this.#mailbox = new Mailbox(environment.limits.mailbox);
    this.#path = new Path(environment.limits, environment.clock);
    this.#returnPath = new ReturnPath(environment.amplification, environment.random);
    this.reports = new Listeners(environment.reportError);
    this.ref = createActor(peerMachine, {
      id: `peer ${this.address}`,
      parent: environment.root,
      input: { address: this.address, resolved: lookUp === undefined },
    });
    this.ref.on('call', (command) => {
      this.#obey(command);
    });
    this.ref.start();
  }

  get health(): PeerHealth {
    return this.ref.getSnapshot().value;
  }

  get inFlight(): number {
    return this.#path.window.size + this.#overdue.size;
  }

  get queued(): number {
    return this.#mailbox.size;
  }

  /** How many calls may be in flight, for now. */
  get windowLimit(): number {
    return this.#path.window.limit;
  }

  /** The smoothed round-trip time; undefined as long as nothing is known. */
  get roundTripMs(): number | undefined {
    return this.#path.roundTripMs;
  }

  /** Whether the actor has ended; `PeerTable#get` gives its successor. */
  get forgotten(): boolean {
    return this.health === 'forgotten';
  }

  /** Whether nothing but the memory of its requests would be lost if this peer were forgotten. */
  get expendable(): boolean {
    if (this.#environment.atMostOnce === 'strict') return this.idle;
    return this.#openCalls === 0 && this.reports.empty && this.running === 0;
  }

  /** Whether nothing would be lost if this peer were forgotten. */
  get idle(): boolean {
    return this.#openCalls === 0 && this.handlers.size === 0 && this.reports.empty;
  }

  /** Makes a call: at once if the window has room, else when it does. Throws for unsendable arguments. */
  call(
    procedure: string,
    args: readonly unknown[],
    { options, replyTo, contracted }: CallTerms = {},
  ): Call {
    if (this.#environment.closing) throw new EndpointClosedError();
    const checked = checkCallOptions(options, this.#environment.limits, contracted);
    const issues = contracted?.checkArguments(args);
    if (issues !== undefined) throw new InvalidArgumentsError(procedure, issues);
    const id = this.#environment.ids.next();
    const terms = { options: checked, replyTo, contracted };
    if (!callsAreTraced()) return this.#place(id, procedure, args, terms, undefined);
    const trace = traceCall({
      procedure,
      args,
      peer: this.address,
      transactionId: formatTransactionId(id),
      traceparent: checked.traceparent,
    });
    return trace.run(() => this.#place(id, procedure, args, terms, trace));
  }

  #place(
    id: TransactionId,
    procedure: string,
    args: readonly unknown[],
    { options, replyTo, contracted }: Pick<CallRequest, 'options' | 'replyTo' | 'contracted'>,
    trace: CallTrace | undefined,
  ): Call {
    const traceparent = trace === undefined ? options.traceparent : trace.traceparent;
    const datagram = encodeRequest(id, procedure, args, traceparent, contracted?.maxBytes);
    const call = this.#create({
      id,
      transactionId: transactionIdOf(datagram),
      datagram,
      procedure,
      args,
      options,
      replyTo,
      contracted,
      traceparent,
      trace,
    });
    // A call whose signal had aborted is over before it began.
    if (!call.done) this.#admit(call);
    return call;
  }

  /** Takes a command; the machine passes it on to `#obey`, unless the actor has ended. */
  command(command: CallCommand, contracted: ContractedProcedure | undefined): void {
    if (contracted !== undefined) this.#contracted.set(command, contracted);
    if (this.forgotten) this.#obey(command);
    else this.ref.send(command);
  }

  /** Answers a command that cannot be carried out. */
  refuse({ procedure, args = [], replyTo, reference }: CallCommand, error: unknown): void {
    const { ids, limits } = this.#environment;
    const id = ids.next();
    const options = { ...checkCallOptions(undefined, limits), reference };
    const transactionId = formatTransactionId(id);
    const request = { id, transactionId, datagram: NO_DATAGRAM, procedure, args, options, replyTo };
    this.#create(request).receive({ type: 'refused', error: asError(error) });
  }

  /** A call asked for by event: whatever is wrong with it becomes its outcome. */
  #obey(command: CallCommand): void {
    const { type: _type, procedure, args = [], replyTo, ...options } = command;
    try {
      this.call(procedure, args, { options, replyTo, contracted: this.#contracted.get(command) });
    } catch (error) {
      this.refuse(command, error);
    }
  }

  #create(request: CallRequest): Call {
    this.#openCalls += 1;
    return new Call(this, this.#environment, request);
  }

  #admit(call: Call): void {
    this.#findAddress();
    const first = this.#mailbox.size === 0 && !this.#draining;
    if (first && this.#hasRoom()) this.#launch(call);
    else if (!this.#mailbox.full) {
      call.queued();
      this.#mailbox.push(call);
    } else {
      const error = new MailboxFullError(this.address, this.#mailbox.size, this.inFlight);
      call.receive({ type: 'refused', error }, this.ref);
    }
  }

  #hasRoom(): boolean {
    return this.#lookUp === undefined && !this.#path.window.full;
  }

  #launch(call: Call): void {
    const { limits, outstanding, socket } = this.#environment;
    if (outstanding.inFlight >= limits.maxOutstanding) {
      call.receive({ type: 'refused', error: new TooManyCallsError(limits.maxOutstanding) });
      return;
    }
    this.#path.window.push(call);
    outstanding.add(call);
    call.transmitted();
    // Whoever saw that may have cancelled the call.
    if (call.done) return;
    socket.send(call.datagram, this.host, this.port, (error) => {
      call.sent(error);
    });
  }

  repeat(call: Call, done: (error: Error | null) => void): void {
    const { socket } = this.#environment;
    socket.send(call.datagram, this.host, this.port, (error) => {
      socket.noteSent(error);
      done(error);
    });
  }

  reply(datagram: Buffer, { wireId, native }: RepliedTo): void {
    const { counters, socket } = this.#environment;
    if (this.#returnPath.admits(this.host, datagram.length)) {
      socket.send(datagram, this.host, this.port);
      return;
    }
    counters.withheldReplies += 1;
    if (!native) return;
    const challenge = this.#returnPath.challenge(wireId);
    if (!this.#returnPath.admits(this.host, challenge.length)) return;
    socket.send(challenge, this.host, this.port);
  }

  /** A request of the peer's arrived, perhaps with the token of a challenge. */
  requested(bytes: number, token: Uint8Array | undefined, nowMs: number): void {
    this.#returnPath.received(bytes, token);
    this.heard(nowMs);
  }

  rtoMs(nowMs: number): number {
    return this.#path.rtoMs(nowMs);
  }

  /**
   * What a peer speaks is learnt from answers alone: who answers knows our id, while the source of a
   * request can be forged.
   */
  answered(nowMs: number, native: boolean): void {
    this.native = native;
    this.#returnPath.validate();
    this.heard(nowMs);
  }

  expired(waitedMs: number, sentAtMs: number): void {
    this.#path.expired(waitedMs, sentAtMs);
  }

  overdue(call: Call, sentAtMs: number): void {
    if (!this.#path.window.delete(call)) return;
    this.#path.overdue(sentAtMs);
    this.#overdue.push(call);
    this.#drain();
  }

  working(): void {
    this.#path.forgive();
    this.#drain();
  }

  /** A datagram of this peer's was understood. */
  heard(nowMs: number): void {
    this.heardAtMs = nowMs;
    if (this.health !== 'responsive') this.ref.send({ type: 'heard' });
  }

  callSettled(call: Call): void {
    const { counters, outstanding } = this.#environment;
    const wasInWindow = this.#path.window.delete(call);
    const wasSent = wasInWindow || this.#overdue.delete(call);
    if (wasSent) outstanding.settle();
    else this.#mailbox.delete(call);
    const { outcome } = call.context;
    if (outcome === undefined) return;
    counters.outcomes[outcome.state] += 1;
    this.#path.learnFrom(call.context, outcome, wasInWindow);
    if (outcome.state === 'timedOut' && blamesPeer(outcome.verdict)) {
      this.ref.send({ type: 'expired' });
    }
    call.trace?.settled(outcome);
    if (wasSent && outcome.state === 'cancelled' && this.native) {
      this.#environment.socket.send(encodeSignal('cancel', call.wireId), this.host, this.port);
    }
    // First those who wait: who hears of this outcome may call again.
    if (wasSent) this.#drain();
    this.#report(call, `call.${outcome.state}`, outcomeReport);
  }

  callEnded(call: Call): void {
    this.#openCalls -= 1;
    if (call.state === 'late') {
      this.#path.learnFromLate(call.context);
      this.#report(call, 'call.late', lateReport);
    } else if (call.state === 'lost') this.#report(call, 'call.lost', lostReport);
  }

  #report(call: Call, type: string, reportOf: (context: Call['context']) => CallReport): void {
    if (!this.reports.hears(type) && call.replyTo === undefined) return;
    const report = reportOf(call.context);
    this.reports.emit(report);
    try {
      call.replyTo?.send(report);
    } catch (error) {
      this.#environment.reportError(error);
    }
  }

  #drain(): void {
    // A send that fails at once settles its call in the midst of this, and the loop goes on anyway.
    if (this.#draining) return;
    this.#draining = true;
    while (this.#hasRoom()) {
      const next = this.#mailbox.shift();
      if (next === undefined) break;
      this.#launch(next);
    }
    this.#draining = false;
  }

  /** A host's name is looked up with the first call, and again with the first after a failure. */
  #findAddress(): void {
    if (this.#lookUp === undefined || this.#lookingUp) return;
    this.#lookingUp = true;
    this.#lookUp(this);
  }

  /** The host's name was looked up: the calls that waited for it go out. */
  resolved(host: string): void {
    this.host = host;
    this.address = formatAddress({ host, port: this.port });
    this.#lookUp = undefined;
    this.ref.send({ type: 'resolved', address: this.address });
    this.#drain();
  }

  /** The host's name cannot be looked up: the calls that waited for it fail. */
  unresolved(error: Error): void {
    this.#lookingUp = false;
    for (const call of this.#mailbox.toArray()) call.receive({ type: 'refused', error }, this.ref);
  }

  /** The host's name turned out to be a peer known already: it takes over what is here. */
  handOver(heir: PeerActor): void {
    this.reports.moveTo(heir.reports);
    for (let call = this.#mailbox.shift(); call !== undefined; call = this.#mailbox.shift()) {
      this.#openCalls -= 1;
      heir.#openCalls += 1;
      call.moveTo(heir);
      heir.#admit(call);
    }
    this.ref.send({ type: 'forgotten' });
  }

  /** Cancels every call that has no outcome yet. */
  cancelCalls(reason: unknown): void {
    // The mailbox first: else each cancelled call in flight would send out one that waits.
    for (const calls of [this.#mailbox, this.#overdue, this.#path.window]) {
      for (const call of calls.toArray()) call.cancel(reason);
    }
  }

  /** Ends the actor, and what it remembers of the peer's requests. */
  forget(): void {
    this.#environment.counters.forgottenEarly += this.handlers.size;
    for (const handler of [...this.handlers.values()]) handler.forget();
    this.ref.send({ type: 'forgotten' });
    this.reports.clear();
  }
}
