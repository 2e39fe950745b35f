/**
 * The peer actor: one remote address. It makes the calls to it and learns from their outcomes, it replies to
 * the peer's own requests, and it holds their handlers.
 */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import { Listeners } from '../actor/listeners.js';
import { formatAddress } from '../address.js';
import type { SocketAddress } from '../address.js';
import { Call } from '../call/call.js';
import type { CallOwner } from '../call/owner.js';
import type { CallRequest, ReportTarget } from '../call/request.js';
import { checkCallOptions } from '../call/options.js';
import type { CallOptions } from '../call/options.js';
import { lateReport, lostReport, outcomeReport } from '../call/report.js';
import type { CallReport } from '../call/report.js';
import { blamesPeer } from '../call/verdict.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidArgumentsError } from '../contract/errors.js';
import type { Environment, FrameOwner } from '../endpoint/environment.js';
import { asError, EndpointClosedError } from '../errors.js';
import type { Handler } from '../handler/handler.js';
import type { HandlerOwner } from '../handler/owner.js';
import { callsAreTraced, traceCall } from '../tracing.js';
import type { TransactionId } from '../wire/frame.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame, RequestFrame } from '../wire/outbound-frame.js';
import { encodeRequest } from '../wire/request.js';
import { encodeSignal } from '../wire/signal.js';
import type { CallCommand } from './command.js';
import { Departures } from './departures.js';
import type { PeerHealth } from './health.js';
import { peerMachine } from './machine.js';
import { Outbox } from './outbox.js';
import { Path } from './path.js';
import { Replies } from './replies.js';

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
  /** Bounded by `maxRunningPerPeer`. */
  readonly handlers = new Map<TransactionId, Handler>();
  readonly replies: Replies;
  running = 0;
  repliesRemembered = 0;
  refusalsRemembered = 0;
  heardAtMs: number | undefined;
  native = false;

  readonly #environment: Environment;
  readonly #outbox: Outbox;
  readonly #path: Path;
  readonly #departures: Departures;
  /** Whether its last request, if that came after its last answer, was one of rpcudp 5.x. */
  #asksAsOldPeer = false;
  /** The contracts of commands on their way through the machine. */
  readonly #contracted = new WeakMap<CallCommand, ContractedProcedure>();
  /** Calls that are not over: queued, in flight or lingering. */
  #openCalls = 0;
  /** The canonical address, or `name:port` while the name is being looked up. */
  address: string;
  host: string;
  readonly port: number;
  /** Host and port as a frozen object, which procedures are given. */
  socketAddress: SocketAddress;
  #lookUp: ((peer: PeerActor) => void) | undefined;
  #lookingUp = false;

  /** @param lookUp finds the IP address when `host` is a name; it calls `resolved`, `unresolved` or `handOver` */
  constructor(
    environment: Environment,
    { host, port }: SocketAddress,
    lookUp?: (peer: PeerActor) => void,
  ) {
    this.#environment = environment;
    this.host = host;
    this.port = port;
    this.socketAddress = Object.freeze({ host, port });
    this.address = formatAddress({ host, port });
    this.#lookUp = lookUp;
    this.#path = new Path(environment.limits, environment.clock);
    this.#outbox = new Outbox(environment, this.#path.window, lookUp === undefined);
    this.#departures = new Departures(environment, this);
    this.replies = new Replies(environment, this, this.#departures);
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
    return this.#outbox.inFlight;
  }

  get queued(): number {
    return this.#outbox.queued;
  }

  get inWindow(): number {
    return this.#path.window.size;
  }

  /** How many calls may be in the window, for now. */
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
    // Who was told that a request was not run relies on it.
    return this.#isUnused && this.refusalsRemembered === 0;
  }

  /** Whether nothing would be lost if this peer were forgotten. */
  get idle(): boolean {
    return this.#isUnused && this.repliesRemembered === 0 && this.refusalsRemembered === 0;
  }

  get #isUnused(): boolean {
    return this.#openCalls === 0 && this.running === 0 && this.reports.empty;
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
    const transactionId = this.#environment.ids.next();
    const request = { transactionId, procedure, args, options: checked, replyTo, contracted };
    if (!callsAreTraced()) return this.#place(request);
    const { traceparent } = checked;
    const trace = traceCall({ procedure, args, peer: this.address, transactionId, traceparent });
    return trace.run(() => this.#place({ ...request, trace }));
  }

  #place(request: CallRequest): Call {
    const { transactionId, procedure, args, options, contracted, trace } = request;
    const traceparent = trace === undefined ? options.traceparent : trace.traceparent;
    const maxBytes = contracted?.maxBytes;
    const frame = encodeRequest(transactionId, procedure, args, traceparent, maxBytes);
    const call = this.#create(request, frame);
    // A call whose signal had aborted is over before it began.
    if (!call.done) this.#launch(call);
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
    const transactionId = ids.next();
    const options = { ...checkCallOptions(undefined, limits), reference };
    this.#create({ transactionId, procedure, args, options, replyTo }).receive({
      type: 'refused',
      error: asError(error),
    });
  }

  /** A call asked for by event: whatever is wrong with it becomes its outcome. */
  #obey(command: CallCommand): void {
    const { type: _type, procedure, args = [], replyTo, ...options } = command;
    const contracted = this.#contracted.get(command);
    this.#contracted.delete(command);
    try {
      this.call(procedure, args, { options, replyTo, contracted });
    } catch (error) {
      this.refuse(command, error);
    }
  }

  #create(request: CallRequest, frame?: RequestFrame): Call {
    this.#openCalls += 1;
    return new Call(this, this.#environment, request, frame);
  }

  #launch(call: Call): void {
    this.#findAddress();
    this.#outbox.put(call);
  }

  transmit(call: Call): void {
    if (call.frame !== undefined) this.#send(call.frame, call);
  }

  /** A repetition goes alone: should the peer not understand bundles any more, this one reaches it. */
  retransmit(frame: RequestFrame, owner: FrameOwner): void {
    this.#environment.socket.send(frame, this.host, this.port, owner);
  }

  /** Sends a frame of our own accord: together with the others of its turn, if the peer is known to understand bundles. */
  #send(frame: OutboundFrame, owner?: FrameOwner): void {
    if (this.#takesBundles) this.#departures.send(frame, owner);
    else this.#sendAlone(frame, owner);
  }

  #sendAlone(frame: OutboundFrame, owner?: FrameOwner): void {
    this.#environment.socket.send(frame, this.host, this.port, owner);
  }

  /**
   * What answered as an rpcudp endpoint may have made room for something else, when it is silent or asks as an
   * old peer does. But nothing may overtake what waits already: a cancel would come before its request.
   */
  get #takesBundles(): boolean {
    if (!this.native) return false;
    return this.#departures.waiting || (!this.#asksAsOldPeer && this.health === 'responsive');
  }

  /** A request of the peer's arrived; its header map may hold the token of a challenge. */
  requested(bytes: number, headerMap: HeaderMap | undefined, nowMs: number): void {
    this.replies.requested(bytes, headerMap?.token);
    this.#asksAsOldPeer = headerMap === undefined;
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
    this.#asksAsOldPeer = false;
    this.replies.validate();
    this.heard(nowMs);
  }

  unanswered(waitedMs: number, sentAtMs: number): void {
    this.#path.unanswered(waitedMs, sentAtMs);
  }

  atWork(call: Call, sentAtMs: number): void {
    this.#path.forgive(sentAtMs);
    this.release(call);
  }

  release(call: Call): void {
    this.#outbox.release(call);
    this.#outbox.drain();
  }

  /** A datagram of this peer's was understood. */
  heard(nowMs: number): void {
    this.heardAtMs = nowMs;
    if (this.health !== 'responsive') this.ref.send({ type: 'heard' });
  }

  callSettled(call: Call): void {
    const wasSent = this.#outbox.remove(call);
    const { outcome } = call.context;
    if (outcome === undefined) return;
    this.#environment.counters.outcomes[outcome.state] += 1;
    this.#path.learnFrom(call.context, outcome);
    if (outcome.state === 'timedOut' && blamesPeer(outcome.verdict)) {
      this.ref.send({ type: 'expired' });
    }
    call.trace?.settled(outcome);
    if (outcome.state === 'cancelled' && wasSent) this.#takeBack(call);
    // First those who wait: who hears of this outcome may call again.
    if (wasSent) this.#outbox.drain();
    this.#report(call, `call.${outcome.state}`, outcomeReport);
  }

  /** Tells the peer that nobody waits for the call's answer any more, if it understands that. */
  #takeBack(call: Call): void {
    if (!this.native) return;
    this.#send(encodeSignal('cancel', call.transactionId));
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
    this.socketAddress = Object.freeze({ host, port: this.port });
    this.#lookUp = undefined;
    this.ref.send({ type: 'resolved', address: this.address });
    this.#outbox.open();
  }

  /** The host's name cannot be looked up: the calls that waited for it fail. */
  unresolved(error: Error): void {
    this.#lookingUp = false;
    for (const call of this.#outbox.queuedCalls()) {
      call.receive({ type: 'refused', error }, this.ref);
    }
  }

  /** The host's name turned out to be a peer known already: it takes over what is here. */
  handOver(heir: PeerActor): void {
    this.reports.moveTo(heir.reports);
    for (let call = this.#outbox.takeQueued(); call; call = this.#outbox.takeQueued()) {
      this.#openCalls -= 1;
      heir.#openCalls += 1;
      call.moveTo(heir);
      heir.#launch(call);
    }
    this.ref.send({ type: 'forgotten' });
  }

  /** The calls that wait for the window, the longest-waiting first. */
  queuedCalls(): Call[] {
    return this.#outbox.queuedCalls();
  }

  /** Cancels every call that has no outcome yet. */
  cancelCalls(reason: unknown): void {
    for (const call of this.#outbox.calls()) call.cancel(reason);
  }

  /** Ends the actor, and what it remembers of the peer's requests. */
  forget(): void {
    this.#environment.counters.forgottenEarly += this.repliesRemembered + this.refusalsRemembered;
    this.ref.send({ type: 'forgotten' });
    this.reports.clear();
  }
}
