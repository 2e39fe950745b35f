/**
 * Peer actor: one remote address. It sends the calls to this address and learns from their
 * outcomes, replies to the peer's requests, and owns the handlers of these requests.
 */
import type { SocketAddress } from '../address/address.js';
import type { CallCommand } from '../api/call-command.js';
import type { CallActor } from '../call/call.js';
import type { CallTerms } from '../call/terms.js';
import type { CallOwner } from '../call/owner.js';
import type { Outcome } from '../api/outcome.js';
import type { PeerHealth } from '../api/health.js';
import { blamesPeer } from '../api/verdict.js';
import type { Engine } from '../engine/engine.js';
import type { FrameOwner, WaitingOwner } from '../engine/sender.js';
import type { HandlerOwner } from '../handler/owner.js';
import { PeerRequests } from '../handler/peer-requests.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame, RequestFrame } from '../wire/outbound-frame.js';
import { encodeSignal } from '../wire/signal.js';
import type { CommandTerms } from './commands.js';
import { Departures } from './departures.js';
import { reportHealth } from './health-reports.js';
import type { PeerKit } from './kit.js';
import type { PeerEvent } from './machine.js';
import { NotifyingPeer } from './notifying-peer.js';
import { PeerReports } from './peer-reports.js';
import { Replies } from './replies.js';
import { ReturnPath } from './return-path.js';

export class PeerActor
  extends NotifyingPeer<PeerActor>
  implements CallOwner<CallActor>, HandlerOwner
{
  readonly requests = new PeerRequests(this);
  readonly replies: Replies;
  native = false;

  readonly #departures: Departures;
  #reports: PeerReports | undefined;
  /** Known with its first request, before which its address is known. */
  #addressHash: number | undefined;
  /** Whether its last request was in the format of rpcudp 5.x, and came after its last answer. */
  #asksAsOldPeer = false;
  #lookUp: (() => void) | undefined;

  /**
   * @param lookUp asks for the IP address of a host name, for each call until `resolved`,
   * `unresolved` or `handOver` follows
   */
  constructor(
    engine: Engine,
    kit: PeerKit<PeerActor>,
    address: SocketAddress,
    friend: boolean,
    lookUp?: () => void,
  ) {
    super(engine, kit, address, friend, lookUp === undefined);
    this.#lookUp = lookUp;
    const { amplification, limits, tokens, turn } = kit;
    this.#departures = new Departures(engine, turn, limits.maxBundleBytes, this);
    this.replies = new Replies(this.#departures, new ReturnPath(this, amplification, tokens));
    if (engine.inspection.watched) this.report();
  }

  get addressHash(): number {
    return (this.#addressHash ??= this.kit.addressHash.of(this.address));
  }

  get reports(): PeerReports {
    return (this.#reports ??= new PeerReports(this.home.reportError, this));
  }

  protected override get self(): this {
    return this;
  }

  /** Makes a call. It is sent as soon as the window has room. Throws for mistakes in the call. */
  call(procedure: string, args: readonly unknown[], terms: CallTerms = {}): CallActor {
    return this.kit.caller.call(this, procedure, args, terms);
  }

  /** Takes a command to call. */
  command(command: CallCommand, terms: CommandTerms): void {
    this.kit.commands.take(this, command, terms);
  }

  /** Reports a command that cannot be carried out as a call with this error. */
  refuseCommand(command: CallCommand, error: unknown, name: CommandTerms['name']): void {
    this.kit.commands.refuse(this, command, error, name);
  }

  override get knownNative(): boolean | undefined {
    return this.calls.hasAnswered ? this.native : this.native || undefined;
  }

  /** It was `native` to an earlier process. What it answers to this one takes precedence. */
  recall(native: boolean): void {
    if (!this.calls.hasAnswered) this.native = native;
  }

  callMade(): void {
    this.used();
  }

  admit(): this {
    return this;
  }

  lookUp(): void {
    this.#lookUp?.();
  }

  place(call: CallActor): void {
    this.lookUp();
    if (call.hasHeaders) this.putWithHeaders(call, call.context.calledAtMs);
    else this.calls.outbox.put(call, call.context.calledAtMs);
    this.changed();
  }

  takeOver(call: CallActor, sent: boolean): void {
    const { outbox } = this.calls;
    if (sent) outbox.adopt(call);
    else if (call.hasHeaders) this.putWithHeaders(call, this.home.clock.nowMs());
    else outbox.put(call, this.home.clock.nowMs());
    this.changed();
  }

  callLeft(call: CallActor): void {
    const { outbox } = this.calls;
    const othersGoOn = outbox.remove(call);
    this.unused();
    if (othersGoOn) outbox.drain();
    this.changed();
  }

  transmit(call: CallActor): void {
    if (call.frame !== undefined) this.#send(call.frame, call);
  }

  /** Sends a repetition in its own datagram, because the peer may no longer understand bundles. */
  retransmit(frame: RequestFrame, owner: FrameOwner): void {
    this.#departures.sendAlone(frame, owner);
  }

  /** Asks whether an rpcudp endpoint is there. The probe has the id of the waiting call. */
  override probe({ context, transactionId }: CallActor, nowMs: number): void {
    if (!this.calls.mayProbe(nowMs, context.timeoutMs)) return;
    this.#departures.sendAlone(encodeSignal('probe', transactionId));
  }

  depart(frame: OutboundFrame, owner: WaitingOwner): void {
    this.#send(frame, owner);
  }

  protected sendLast(frame: OutboundFrame): void {
    this.#departures.flush();
    this.#departures.sendAlone(frame);
  }

  /** Sends a request or a cancel, bundled with others if the peer understands bundles. */
  #send(frame: OutboundFrame, owner?: WaitingOwner): void {
    if (this.takesBundles) this.#departures.send(frame, owner);
    else this.#departures.sendAlone(frame, owner);
  }

  /**
   * When a peer that answered as an rpcudp endpoint is silent, or sends requests of rpcudp 5.x, it
   * may have been replaced by another program. Then bundles are not used. But while frames wait,
   * later frames must wait too: otherwise a cancel could overtake its request.
   */
  get takesBundles(): boolean {
    if (!this.native) return false;
    return this.#departures.waiting || (!this.#asksAsOldPeer && this.health === 'responsive');
  }

  /** A request from the peer arrived. Its header map may hold the token of a challenge. */
  requested(bytes: number, headerMap: HeaderMap | undefined, nowMs: number): void {
    this.#asksAsOldPeer = headerMap === undefined;
    this.heard(nowMs);
    this.replies.requested(bytes, headerMap?.token);
  }

  /**
   * Only answers tell which protocol a peer speaks: the sender of an answer knows the transaction
   * id, while the source of a request can be forged.
   */
  answered(nowMs: number, native: boolean): void {
    this.native = native;
    this.calls.hasAnswered = true;
    this.#asksAsOldPeer = false;
    this.heard(nowMs);
    this.replies.validate();
    if (this.calls.outbox.introducing > 0) this.calls.outbox.introduced(native);
    this.changed();
  }

  /** Commands pass through the machine, so that inspectors see them. */
  protected override entered(state: string, event: PeerEvent, previous: string): void {
    if (event.type === 'call') {
      this.kit.commands.obey(this, event);
      return;
    }
    this.changed();
    if (state !== previous) this.#healthChanged(previous as PeerHealth);
  }

  #healthChanged(previous: PeerHealth): void {
    const { reports } = this.kit;
    // Most peers have nobody who hears of them.
    if (reports.empty && this.#reports === undefined) return;
    const ownHearers = this.#reports?.hearersOfHealth ?? [];
    reportHealth(this, previous, this.home.clock, reports, ...ownHearers);
  }

  callSettled(call: CallActor): void {
    const { outbox, path } = this.calls;
    const othersGoOn = outbox.remove(call);
    const { attempt, outcome } = call.context;
    if (outcome === undefined) return;
    const wasSent = attempt > 0;
    path.learnFrom(call.context, outcome);
    if (this.#isSilentTo(call, outcome)) this.receive({ type: 'expired' });
    call.request?.trace?.settled(outcome);
    call.request?.name?.settled(call, outcome);
    // Tells an rpcudp endpoint that its answer is no longer needed.
    if (outcome.state === 'cancelled' && wasSent && this.native) {
      this.#send(encodeSignal('cancel', call.transactionId));
    }
    // Waiting calls go first, because a listener that hears of the outcome may call again.
    if (othersGoOn) outbox.drain();
    this.changed();
    this.reports.settled(call);
  }

  /** Whether the call's end says that nothing is heard from the peer. */
  #isSilentTo(call: CallActor, outcome: Outcome): boolean {
    if (outcome.state === 'timedOut') return blamesPeer(outcome.verdict);
    const { sentAtMs = Infinity } = call.context;
    const heardSince = (this.heardAtMs ?? -Infinity) > sentAtMs;
    return outcome.state === 'cancelled' && call.overdue && !heardSince;
  }

  callOverdue(call: CallActor, waitedMs: number): void {
    this.reports.overdue(call, waitedMs);
  }

  callAnsweredElsewhere(call: CallActor): void {
    this.reports.answeredElsewhere(call);
  }

  callEnded(call: CallActor, state: string): void {
    this.unused();
    if (state !== 'late' && state !== 'lost') return;
    if (state === 'late') this.calls.path.learnFromLate(call.context);
    this.changed();
    this.reports.ended(call, state);
  }

  /** The host name was looked up. The calls that waited for it are sent. */
  resolved(host: string): void {
    this.#lookUp = undefined;
    this.moveTo(host);
    const { outbox } = this.calls;
    outbox.open();
    this.madeOutlet?.located();
    if (outbox.introducing === 0) return;
    for (const call of this.queuedCalls()) this.introduce(call, this.home.clock.nowMs());
  }

  /** The host name cannot be looked up. The calls that waited for it fail. */
  unresolved(error: Error): void {
    for (const call of this.queuedCalls()) {
      call.receive({ type: 'refused', error }, this.ref);
    }
    this.madeOutlet?.unresolved(error);
  }

  /** The name belongs to a known peer, which takes over the calls of this one. */
  handOver(heir: PeerActor): void {
    for (const call of this.queuedCalls()) if (!call.done) call.moveTo(heir);
    this.madeOutlet?.handOver(heir.address, heir.outlet);
    this.forget();
  }

  override forget(): void {
    super.forget();
    this.#reports?.clear();
  }
}
