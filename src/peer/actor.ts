/**
 * Peer actor: one remote address. It sends the calls to this address and learns from their
 * outcomes, replies to the peer's requests, and owns the handlers of these requests.
 */
import type { SocketAddress } from '../address/address.js';
import type { CallCommand } from '../api/call-command.js';
import type { CallActor } from '../call/call.js';
import type { CallTerms } from '../call/caller.js';
import type { CallOwner } from '../call/owner.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { Outcome } from '../api/outcome.js';
import { blamesPeer } from '../api/verdict.js';
import type { Engine } from '../engine/engine.js';
import type { FrameOwner } from '../engine/sender.js';
import type { HandlerOwner } from '../handler/owner.js';
import { PeerRequests } from '../handler/peer-requests.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame, RequestFrame } from '../wire/outbound-frame.js';
import { encodeSignal } from '../wire/signal.js';
import { CallReports } from './call-reports.js';
import { Departures } from './departures.js';
import type { PeerKit } from './kit.js';
import type { PeerEvent } from './machine.js';
import { Outbound } from './outbound.js';
import { Presence } from './presence.js';
import { Replies } from './replies.js';
import { ReturnPath } from './return-path.js';
import { firstLimit } from './window.js';

export class PeerActor extends Presence implements CallOwner<CallActor>, HandlerOwner {
  readonly requests = new PeerRequests();
  readonly replies: Replies;
  native = false;

  readonly #kit: PeerKit;
  readonly #departures: Departures;
  #outbound: Outbound | undefined;
  #reports: CallReports | undefined;
  /** Whether its last request was in the format of rpcudp 5.x, and came after its last answer. */
  #asksAsOldPeer = false;
  #lookUp: ((peer: PeerActor) => void) | undefined;
  #lookingUp = false;

  /** @param lookUp finds the IP of a host name and calls `resolved`, `unresolved` or `handOver` */
  constructor(
    engine: Engine,
    kit: PeerKit,
    address: SocketAddress,
    lookUp?: (peer: PeerActor) => void,
  ) {
    super(engine, kit.root, address, lookUp === undefined);
    this.#kit = kit;
    this.#lookUp = lookUp;
    const { amplification, limits, turn } = kit;
    this.#departures = new Departures(engine.sender, turn, limits.maxBundleBytes, this);
    const returnPath = new ReturnPath(amplification, engine.random);
    this.replies = new Replies(this, this.#departures, returnPath);
    if (engine.inspection.watched) this.start();
  }

  get reports(): CallReports {
    return (this.#reports ??= new CallReports(this.home.reportError));
  }

  get inFlight(): number {
    return this.#outbound?.outbox.inFlight ?? 0;
  }

  get queued(): number {
    return this.#outbound?.outbox.queued ?? 0;
  }

  get inWindow(): number {
    return this.#outbound?.path.window.size ?? 0;
  }

  get windowLimit(): number {
    return this.#outbound?.path.window.limit ?? firstLimit(this.#kit.limits);
  }

  get roundTripMs(): number | undefined {
    return this.#outbound?.path.roundTripMs;
  }

  /** Whether this peer can be forgotten without losing anything. */
  get idle(): boolean {
    return this.#isUnused && this.requests.remembered === 0;
  }

  /**
   * Whether forgetting this peer would lose only the memory of requests that were run. Refusals
   * must be remembered: a caller that was told that its request was not run relies on it.
   */
  get expendable(): boolean {
    return this.#isUnused && this.requests.refusalsRemembered === 0;
  }

  get #isUnused(): boolean {
    const openCalls = this.#outbound?.openCalls ?? 0;
    return openCalls === 0 && this.requests.slots === 0 && this.#reports?.empty !== false;
  }

  get #calls(): Outbound {
    return (this.#outbound ??= this.#makeOutbound());
  }

  #makeOutbound(): Outbound {
    const { firstRoundTrips, limits } = this.#kit;
    return new Outbound(limits, this.home.clock, firstRoundTrips, this.#lookUp === undefined);
  }

  /** Makes a call. It is sent as soon as the window has room. Throws for mistakes in the call. */
  call(procedure: string, args: readonly unknown[], terms: CallTerms = {}): CallActor {
    return this.#kit.caller.call(this, procedure, args, terms);
  }

  /** Takes a command to call. */
  command(command: CallCommand, contracted: ContractedProcedure | undefined): void {
    this.#kit.commands.take(this, command, contracted);
  }

  /** Reports a command that cannot be carried out as a call with this error. */
  refuseCommand(command: CallCommand, error: unknown): void {
    this.#kit.commands.refuse(this, command, error);
  }

  callMade(): void {
    this.#calls.openCalls += 1;
  }

  place(call: CallActor): void {
    this.#findAddress();
    this.#calls.outbox.put(call);
  }

  transmit(call: CallActor): void {
    if (call.frame !== undefined) this.#send(call.frame, call);
  }

  /** Sends a repetition in its own datagram, because the peer may no longer understand bundles. */
  retransmit(frame: RequestFrame, owner: FrameOwner): void {
    this.#departures.sendAlone(frame, owner);
  }

  /** Asks whether an rpcudp endpoint is there. The probe has the id of the waiting call. */
  probe({ context, transactionId }: CallActor, nowMs: number): void {
    if (!this.#calls.mayProbe(nowMs, context.timeoutMs)) return;
    this.#departures.sendAlone(encodeSignal('probe', transactionId));
  }

  /** Sends a request or a cancel, bundled with others if the peer understands bundles. */
  #send(frame: OutboundFrame, owner?: FrameOwner): void {
    if (this.#takesBundles) this.#departures.send(frame, owner);
    else this.#departures.sendAlone(frame, owner);
  }

  /**
   * When a peer that answered as an rpcudp endpoint is silent, or sends requests of rpcudp 5.x, it
   * may have been replaced by another program. Then bundles are not used. But while frames wait,
   * later frames must wait too: otherwise a cancel could overtake its request.
   */
  get #takesBundles(): boolean {
    if (!this.native) return false;
    return this.#departures.waiting || (!this.#asksAsOldPeer && this.health === 'responsive');
  }

  /** A request from the peer arrived. Its header map may hold the token of a challenge. */
  requested(bytes: number, headerMap: HeaderMap | undefined, nowMs: number): void {
    this.#asksAsOldPeer = headerMap === undefined;
    this.heard(nowMs);
    this.replies.requested(bytes, headerMap?.token);
  }

  rtoMs(nowMs: number): number {
    return this.#calls.path.rtoMs(nowMs);
  }

  estimatedRtoMs(nowMs: number): number {
    return this.#calls.path.estimatedRtoMs(nowMs);
  }

  /**
   * Only answers tell which protocol a peer speaks: the sender of an answer knows the transaction
   * id, while the source of a request can be forged.
   */
  answered(nowMs: number, native: boolean): void {
    this.native = native;
    this.#calls.hasAnswered = true;
    this.#asksAsOldPeer = false;
    this.heard(nowMs);
    this.replies.validate();
  }

  unanswered(waitedMs: number, sentAtMs: number): void {
    this.#calls.path.unanswered(waitedMs, sentAtMs);
  }

  atWork(call: CallActor, sentAtMs: number): void {
    this.#calls.path.forgive(sentAtMs);
    this.#calls.release(call);
  }

  release(call: CallActor): void {
    this.#calls.release(call);
  }

  /** Commands pass through the machine, so that inspectors see them. */
  protected override entered(_state: string, event: PeerEvent): void {
    if (event.type === 'call') this.#kit.commands.obey(this, event);
  }

  callSettled(call: CallActor): void {
    const { outbox, path } = this.#calls;
    outbox.remove(call);
    const { attempt, outcome } = call.context;
    if (outcome === undefined) return;
    const wasSent = attempt > 0;
    path.learnFrom(call.context, outcome);
    if (this.#isSilentTo(call, outcome)) this.receive({ type: 'expired' });
    call.request?.trace?.settled(outcome);
    // Tells an rpcudp endpoint that its answer is no longer needed.
    if (outcome.state === 'cancelled' && wasSent && this.native) {
      this.#send(encodeSignal('cancel', call.transactionId));
    }
    // Waiting calls go first, because a listener that hears of the outcome may call again.
    if (wasSent) outbox.drain();
    this.reports.settled(call);
  }

  /** Whether the call's end says that nothing is heard from the peer. */
  #isSilentTo(call: CallActor, outcome: Outcome): boolean {
    if (outcome.state === 'timedOut') return blamesPeer(outcome.verdict);
    const { sentAtMs = Infinity } = call.context;
    const heardSince = (this.heardAtMs ?? -Infinity) > sentAtMs;
    return outcome.state === 'cancelled' && call.overdue && !heardSince;
  }

  callEnded(call: CallActor, state: string): void {
    this.#calls.openCalls -= 1;
    if (state !== 'late' && state !== 'lost') return;
    if (state === 'late') this.#calls.path.learnFromLate(call.context);
    this.reports.ended(call, state);
  }

  /** A host name is looked up for the first call, and again for the first call after a failure. */
  #findAddress(): void {
    if (this.#lookUp === undefined || this.#lookingUp) return;
    this.#lookingUp = true;
    this.#lookUp(this);
  }

  /** The host name was looked up. The calls that waited for it are sent. */
  resolved(host: string): void {
    this.#lookUp = undefined;
    this.moveTo(host);
    this.#calls.outbox.open();
  }

  /** The host name cannot be looked up. The calls that waited for it fail. */
  unresolved(error: Error): void {
    this.#lookingUp = false;
    for (const call of this.queuedCalls()) {
      call.receive({ type: 'refused', error }, this.ref);
    }
  }

  /** The name belongs to a known peer, which takes over the calls and listeners of this one. */
  handOver(heir: PeerActor): void {
    this.reports.moveTo(heir.reports);
    const calls = this.#calls;
    for (let call = calls.outbox.takeQueued(); call; call = calls.outbox.takeQueued()) {
      calls.openCalls -= 1;
      heir.callMade();
      call.moveTo(heir);
      heir.place(call);
    }
    this.receive({ type: 'forgotten' });
  }

  queuedCalls(): CallActor[] {
    return this.#outbound?.outbox.queuedCalls() ?? [];
  }

  cancelCalls(reason: unknown): void {
    for (const call of this.#outbound?.outbox.calls() ?? []) call.cancel(reason);
  }

  /** Ends the actor. The memory of the peer's requests is lost with it. */
  forget(): void {
    this.receive({ type: 'forgotten' });
    this.#reports?.clear();
  }
}
