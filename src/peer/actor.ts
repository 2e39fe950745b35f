/**
 * Peer actor: one remote address. It sends the calls to this address and learns from their
 * outcomes, replies to the peer's requests, and owns the handlers of these requests.
 */
import { createActor } from 'xstate';
import type { ActorRefFrom } from 'xstate';
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import type { CallActor } from '../call/call.js';
import type { Caller, CallTerms } from '../call/caller.js';
import type { CallOwner } from '../call/owner.js';
import { blamesPeer } from '../api/verdict.js';
import type { Engine } from '../engine/engine.js';
import type { FrameOwner } from '../engine/sender.js';
import type { HandlerOwner } from '../handler/owner.js';
import { PeerRequests } from '../handler/peer-requests.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame, RequestFrame } from '../wire/outbound-frame.js';
import { encodeSignal } from '../wire/signal.js';
import { CallReports } from './call-reports.js';
import { Commands } from './commands.js';
import { Departures } from './departures.js';
import type { PeerHealth } from '../api/health.js';
import type { PeerKit } from './kit.js';
import { peerMachine } from './machine.js';
import { Outbox } from './outbox.js';
import { Path } from './path.js';
import { Replies } from './replies.js';
import { ReturnPath } from './return-path.js';

export class PeerActor implements CallOwner<CallActor>, HandlerOwner {
  readonly ref: ActorRefFrom<typeof peerMachine>;
  readonly reports: CallReports;
  readonly commands: Commands;
  readonly requests = new PeerRequests();
  readonly replies: Replies;
  heardAtMs: number | undefined;
  native = false;

  readonly #caller: Caller;
  readonly #outbox: Outbox;
  readonly #path: Path;
  readonly #departures: Departures;
  /** Whether its last request was in the format of rpcudp 5.x, and came after its last answer. */
  #asksAsOldPeer = false;
  /** The number of calls that have not ended: queued, in flight or lingering. */
  #openCalls = 0;
  address: string;
  host: string;
  readonly port: number;
  socketAddress: SocketAddress;
  #lookUp: ((peer: PeerActor) => void) | undefined;
  #lookingUp = false;

  /** @param lookUp finds the IP of a host name and calls `resolved`, `unresolved` or `handOver` */
  constructor(
    engine: Engine,
    { root, caller, turn, amplification, limits }: PeerKit,
    { host, port }: SocketAddress,
    lookUp?: (peer: PeerActor) => void,
  ) {
    const { clock, random, reportError, sender } = engine;
    this.#caller = caller;
    this.host = host;
    this.port = port;
    this.socketAddress = Object.freeze({ host, port });
    this.address = formatAddress({ host, port });
    this.#lookUp = lookUp;
    this.#path = new Path(limits, clock);
    this.#outbox = new Outbox(clock, this.#path.window, limits.mailbox, lookUp === undefined);
    this.#departures = new Departures(sender, turn, limits.maxBundleBytes, this);
    this.replies = new Replies(this, this.#departures, new ReturnPath(amplification, random));
    this.reports = new CallReports(reportError);
    this.commands = new Commands(caller, this);
    this.ref = createActor(peerMachine, {
      id: `peer ${this.address}`,
      parent: root,
      input: { address: this.address, resolved: lookUp === undefined },
    });
    this.ref.on('call', (command) => {
      this.commands.obey(command);
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

  get windowLimit(): number {
    return this.#path.window.limit;
  }

  get roundTripMs(): number | undefined {
    return this.#path.roundTripMs;
  }

  /** Whether the actor has ended. `PeerTable#get` gives its successor. */
  get forgotten(): boolean {
    return this.health === 'forgotten';
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
    return this.#openCalls === 0 && this.requests.running === 0 && this.reports.empty;
  }

  /** Makes a call. It is sent as soon as the window has room. Throws for mistakes in the call. */
  call(procedure: string, args: readonly unknown[], terms: CallTerms = {}): CallActor {
    return this.#caller.call(this, procedure, args, terms);
  }

  callMade(): void {
    this.#openCalls += 1;
  }

  place(call: CallActor): void {
    this.#findAddress();
    this.#outbox.put(call);
  }

  transmit(call: CallActor): void {
    if (call.frame !== undefined) this.#send(call.frame, call);
  }

  /** Sends a repetition in its own datagram, because the peer may no longer understand bundles. */
  retransmit(frame: RequestFrame, owner: FrameOwner): void {
    this.#departures.sendAlone(frame, owner);
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
    this.#heard(nowMs);
    this.replies.requested(bytes, headerMap?.token);
  }

  rtoMs(nowMs: number): number {
    return this.#path.rtoMs(nowMs);
  }

  /**
   * Only answers tell which protocol a peer speaks: the sender of an answer knows the transaction
   * id, while the source of a request can be forged.
   */
  answered(nowMs: number, native: boolean): void {
    this.native = native;
    this.#asksAsOldPeer = false;
    this.#heard(nowMs);
    this.replies.validate();
  }

  unanswered(waitedMs: number, sentAtMs: number): void {
    this.#path.unanswered(waitedMs, sentAtMs);
  }

  atWork(call: CallActor, sentAtMs: number): void {
    this.#path.forgive(sentAtMs);
    this.release(call);
  }

  release(call: CallActor): void {
    this.#outbox.release(call);
    this.#outbox.drain();
  }

  #heard(nowMs: number): void {
    this.heardAtMs = nowMs;
    if (this.health !== 'responsive') this.ref.send({ type: 'heard' });
  }

  callSettled(call: CallActor): void {
    this.#outbox.remove(call);
    const { attempt, outcome } = call.context;
    if (outcome === undefined) return;
    const wasSent = attempt > 0;
    this.#path.learnFrom(call.context, outcome);
    if (outcome.state === 'timedOut' && blamesPeer(outcome.verdict)) {
      this.ref.send({ type: 'expired' });
    }
    call.request?.trace?.settled(outcome);
    // Tells an rpcudp endpoint that its answer is no longer needed.
    if (outcome.state === 'cancelled' && wasSent && this.native) {
      this.#send(encodeSignal('cancel', call.transactionId));
    }
    // Waiting calls go first, because a listener that hears of the outcome may call again.
    if (wasSent) this.#outbox.drain();
    this.reports.settled(call);
  }

  callEnded(call: CallActor, state: string): void {
    this.#openCalls -= 1;
    if (state !== 'late' && state !== 'lost') return;
    if (state === 'late') this.#path.learnFromLate(call.context);
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
    this.host = host;
    this.address = formatAddress({ host, port: this.port });
    this.socketAddress = Object.freeze({ host, port: this.port });
    this.#lookUp = undefined;
    this.ref.send({ type: 'resolved', address: this.address });
    this.#outbox.open();
  }

  /** The host name cannot be looked up. The calls that waited for it fail. */
  unresolved(error: Error): void {
    this.#lookingUp = false;
    for (const call of this.#outbox.queuedCalls()) {
      call.receive({ type: 'refused', error }, this.ref);
    }
  }

  /** The name belongs to a known peer, which takes over the calls and listeners of this one. */
  handOver(heir: PeerActor): void {
    this.reports.moveTo(heir.reports);
    for (let call = this.#outbox.takeQueued(); call; call = this.#outbox.takeQueued()) {
      this.#openCalls -= 1;
      heir.#openCalls += 1;
      call.moveTo(heir);
      heir.place(call);
    }
    this.ref.send({ type: 'forgotten' });
  }

  queuedCalls(): CallActor[] {
    return this.#outbox.queuedCalls();
  }

  cancelCalls(reason: unknown): void {
    for (const call of this.#outbox.calls()) call.cancel(reason);
  }

  /** Ends the actor. The memory of the peer's requests is lost with it. */
  forget(): void {
    this.ref.send({ type: 'forgotten' });
    this.reports.clear();
  }
}
