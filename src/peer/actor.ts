/**
 * The peer actor: one remote address. It sends the calls to it and learns from their outcomes, it replies to
 * the peer's own requests, and it holds their handlers.
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
  /** What calls report, to those who listen at the peer. */
  readonly reports: CallReports;
  /** Calls that are asked for by event. */
  readonly commands: Commands;
  readonly requests = new PeerRequests();
  readonly replies: Replies;
  heardAtMs: number | undefined;
  native = false;

  readonly #caller: Caller;
  readonly #outbox: Outbox;
  readonly #path: Path;
  readonly #departures: Departures;
  /** Whether its last request, if that came after its last answer, was one of rpcudp 5.x. */
  #asksAsOldPeer = false;
  /** Calls that are not over: queued, in flight or lingering. */
  #openCalls = 0;
  /** The canonical address, or `name:port` while the name is being looked up. */
  address: string;
  host: string;
  readonly port: number;
  socketAddress: SocketAddress;
  #lookUp: ((peer: PeerActor) => void) | undefined;
  #lookingUp = false;

  /** @param lookUp finds the IP address when `host` is a name; it calls `resolved`, `unresolved` or `handOver` */
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

  /** Whether nothing would be lost if this peer were forgotten. */
  get idle(): boolean {
    return this.#isUnused && this.requests.remembered === 0;
  }

  /**
   * Whether nothing but the memory of requests that were run would be lost. Who was told that a request was not
   * run relies on it.
   */
  get expendable(): boolean {
    return this.#isUnused && this.requests.refusalsRemembered === 0;
  }

  get #isUnused(): boolean {
    return this.#openCalls === 0 && this.requests.running === 0 && this.reports.empty;
  }

  /** Makes a call: at once if the window has room, else when it does. Throws for unsendable arguments. */
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

  /** A repetition goes alone: should the peer not understand bundles any more, this one reaches it. */
  retransmit(frame: RequestFrame, owner: FrameOwner): void {
    this.#departures.sendAlone(frame, owner);
  }

  /** Sends a frame of our own accord: together with the others of its turn, if the peer is known to understand bundles. */
  #send(frame: OutboundFrame, owner?: FrameOwner): void {
    if (this.#takesBundles) this.#departures.send(frame, owner);
    else this.#departures.sendAlone(frame, owner);
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
    this.#asksAsOldPeer = headerMap === undefined;
    this.#heard(nowMs);
    this.replies.requested(bytes, headerMap?.token);
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

  /** A datagram of this peer's was understood. */
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
    // Nobody waits for the answer any more, which a peer of our kind understands.
    if (outcome.state === 'cancelled' && wasSent && this.native) {
      this.#send(encodeSignal('cancel', call.transactionId));
    }
    // First those who wait: who hears of this outcome may call again.
    if (wasSent) this.#outbox.drain();
    this.reports.settled(call);
  }

  callEnded(call: CallActor, state: string): void {
    this.#openCalls -= 1;
    if (state !== 'late' && state !== 'lost') return;
    if (state === 'late') this.#path.learnFromLate(call.context);
    this.reports.ended(call, state);
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
      heir.place(call);
    }
    this.ref.send({ type: 'forgotten' });
  }

  /** The calls that wait for the window, the longest-waiting first. */
  queuedCalls(): CallActor[] {
    return this.#outbox.queuedCalls();
  }

  /** Cancels every call that has no outcome yet. */
  cancelCalls(reason: unknown): void {
    for (const call of this.#outbox.calls()) call.cancel(reason);
  }

  /** Ends the actor: nobody finds what is remembered of the peer's requests any more. */
  forget(): void {
    this.ref.send({ type: 'forgotten' });
    this.reports.clear();
  }
}
