/**
 * Host name: one name that is called, what it means, and the peer that is called by it at present.
 *
 * - The name is looked up for its first call, and calls wait for that.
 * - When a call by this name ends, and nothing was heard from the peer since it was sent, the name
 *   is looked up again, at most once a second. A peer whose address the name has no longer is left.
 * - A peer is also left when it is lost: it never answered, or it fell silent, or the system says
 *   that it cannot be reached. Then the next address is called, and after the last the first again.
 * - When a peer is left, later calls go to the next one, and so do those that wait in its mailbox,
 *   but not to an address that they have left. A call that was sent stays, unless its procedure is
 *   idempotent: its repetitions follow.
 */
import type { Subscription } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import { LOOKUP_PATIENCE_MS } from '../address/lookup.js';
import type { Outcome } from '../api/outcome.js';
import { blamesPeer } from '../api/verdict.js';
import type { CallActor } from '../call/call.js';
import type { CalledName } from '../call/called-name.js';
import type { CallOwner } from '../call/owner.js';
import { saysUnreachable } from '../call/verdict.js';
import { asError } from '../errors.js';
import type { Clock } from '../time/clock.js';
import type { PeerActor } from './actor.js';
import { NameReports } from './name-reports.js';
import { PeerWatch } from './peer-watch.js';

/** The members of the peer table that names use. */
export interface NamedPeers {
  /** From now on no forgotten peer gets a new actor. */
  readonly closed: boolean;
  /** The peer at an IP address, if there is one, for the endpoint's user. */
  known(host: string, port: number): PeerActor | undefined;
  /** The same, or a new one. Gives undefined if there is no room. */
  at(host: string, port: number): PeerActor | undefined;
  /** Makes a peer whose address must be looked up. @throws TooManyPeersError */
  admitNamed(name: SocketAddress, lookUp: () => void): PeerActor;
  /** The address of a peer was found. From now on it is known by `host`. */
  located(peer: PeerActor, host: string): void;
  /** Another peer has the address of this one, and takes its place. */
  replaced(peer: PeerActor): void;
}

export interface HostNameOptions {
  readonly clock: Clock;
  readonly reportError: (error: unknown) => void;
  /** Gives canonical IP addresses that can be called, at least one. Rejects if there is none. */
  readonly lookUp: (name: SocketAddress) => Promise<readonly string[]>;
}

/** How long after a look-up has begun the name may be looked up again. */
const LOOKUP_GAP_MS = 1_000;

export class HostName implements CalledName<CallActor> {
  readonly reports: NameReports;
  /** Whether the name was forgotten to make room. Its calls still use it, but handles do not. */
  forgotten = false;

  readonly #name: SocketAddress;
  readonly #peers: NamedPeers;
  readonly #options: HostNameOptions;
  /** What it means, as far as that is known. Bounded by the check of what was looked up. */
  #hosts: readonly string[] = [];
  /** Whether the peer was to be left, but there was no other address, or no room for its peer. */
  #isStuck = false;
  #askedAtMs = -Infinity;
  #asking = false;
  #peer: PeerActor;
  /** Bounded by the user's `subscribe` calls. */
  readonly #watches = new Set<PeerWatch>();
  /** The peers that calls have left. What was refused at one address is not sent there again. */
  readonly #left = new WeakMap<CallActor, readonly CallOwner<CallActor>[]>();

  /** @throws TooManyPeersError */
  constructor(name: SocketAddress, peers: NamedPeers, options: HostNameOptions) {
    this.reports = new NameReports(options.reportError, () => this.living());
    this.#name = name;
    this.#peers = peers;
    this.#options = options;
    this.#peer = this.#begin();
  }

  /** The peer of now. It may be forgotten. */
  get peer(): PeerActor {
    return this.#peer;
  }

  set peer(peer: PeerActor) {
    const before = this.#peer;
    this.#peer = peer;
    for (const watch of this.#watches) watch.follow(peer);
    this.reports.moved(before, peer, this.#options.clock);
  }

  /** Whether somebody listens to its calls, or watches its peer. */
  get inUse(): boolean {
    return !this.reports.empty || this.#watches.size > 0;
  }

  /** Calls `changed` when what its peer of now shows may have changed. @throws TooManyPeersError */
  watch(changed: () => void): Subscription {
    const watch = new PeerWatch(this.living(), changed);
    this.#watches.add(watch);
    return {
      unsubscribe: () => {
        if (this.#watches.delete(watch)) watch.end();
      },
    };
  }

  /** A living peer: a new one if the last one was forgotten. @throws TooManyPeersError */
  living(): PeerActor {
    if (this.#shouldGoOn) this.#goOn();
    if (this.peer.forgotten && !this.#peers.closed) this.peer = this.#begin();
    return this.peer;
  }

  #begin(): PeerActor {
    this.#hosts = [];
    this.#isStuck = false;
    return this.#peers.admitNamed(this.#name, () => {
      if (!this.#asking || this.#waitedMs >= LOOKUP_PATIENCE_MS) void this.#lookUp();
    });
  }

  reroute(call: CallActor, error: Error): boolean {
    if (!saysUnreachable(error)) return false;
    this.#leave(call);
    if (call.peer === this.peer) this.#goOn();
    this.#lookUpAgain();
    if (this.#hasLeft(call, this.peer) || !this.#isKnown) return false;
    call.moveTo(this.peer);
    return true;
  }

  lead(call: CallActor): void {
    // As long as the kernel has not taken it, it may have left, or not. So it stays where it is.
    if (call.state !== 'awaiting' || call.peer === this.peer || !this.#isKnown) return;
    this.#leave(call);
    call.moveTo(this.peer);
  }

  peerBefore(call: CallActor, host: string, port: number): CallOwner<CallActor> | undefined {
    return this.#left.get(call)?.find((peer) => peer.host === host && peer.port === port);
  }

  settled(call: CallActor, outcome: Outcome): void {
    if (call.peer !== this.peer || !this.#isKnown) return;
    const cannotReach = meansUnreachable(outcome);
    if (!cannotReach && !heardNothing(call, outcome)) return;
    if (cannotReach || this.#isLost) this.#goOn();
    this.#lookUpAgain();
  }

  /** Whether the peer of now has an address, and lives. */
  get #isKnown(): boolean {
    return !this.peer.forgotten && this.peer.health !== 'resolving';
  }

  /** One datagram may be lost on the way to a peer that has answered, so one silence is no proof. */
  get #isLost(): boolean {
    const { health, heardAtMs } = this.peer;
    return health === 'silent' || (health === 'suspect' && heardAtMs === undefined);
  }

  get #shouldGoOn(): boolean {
    return this.#isStuck && this.peer.health !== 'responsive';
  }

  /** The call leaves its peer. */
  #leave(call: CallActor): void {
    if (this.#hasLeft(call, call.peer)) return;
    this.#left.set(call, [...(this.#left.get(call) ?? []), call.peer]);
  }

  /** By address: a peer that was left may be forgotten, and another one made for its address. */
  #hasLeft(call: CallActor, { address }: CallOwner<CallActor>): boolean {
    return this.#left.get(call)?.some((peer) => peer.address === address) === true;
  }

  /** Leaves the peer for the next address, if there is one, and room for its peer. */
  #goOn(): void {
    const { peer } = this;
    if (this.#peers.closed) return;
    const host = this.#hosts[(this.#hosts.indexOf(peer.host) + 1) % this.#hosts.length];
    const isOther = host !== undefined && host !== peer.host;
    const next = isOther ? this.#peers.at(host, peer.port) : undefined;
    this.#isStuck = next === undefined;
    if (next === undefined) return;
    this.peer = next;
    for (const call of peer.queuedCalls()) {
      if (call.request?.name !== this || call.done) continue;
      // To where it was refused it does not go back, or calls could follow each other for ever.
      if (!this.#hasLeft(call, next)) call.moveTo(next);
    }
  }

  get #waitedMs(): number {
    return this.#options.clock.nowMs() - this.#askedAtMs;
  }

  #lookUpAgain(): void {
    if (this.#waitedMs < (this.#asking ? LOOKUP_PATIENCE_MS : LOOKUP_GAP_MS)) return;
    if (!this.#peers.closed) void this.#lookUp();
  }

  async #lookUp(): Promise<void> {
    this.#asking = true;
    this.#askedAtMs = this.#options.clock.nowMs();
    try {
      const hosts = await this.#options.lookUp(this.#name);
      this.#asking = false;
      this.#found(hosts);
    } catch (error) {
      this.#asking = false;
      // A name that was found before keeps the addresses that are known.
      if (this.peer.health === 'resolving') this.peer.unresolved(asError(error));
    }
  }

  #found(hosts: readonly string[]): void {
    if (this.peer.forgotten) return;
    this.#hosts = hosts;
    if (this.peer.health === 'resolving') this.#locate(this.peer);
    else if (!hosts.includes(this.peer.host) || this.#shouldGoOn) this.#goOn();
  }

  /** Each address has one actor. If the first address is that of a known peer, that takes over. */
  #locate(peer: PeerActor): void {
    const [host = ''] = this.#hosts;
    const heir = this.#peers.known(host, peer.port);
    if (heir === undefined) {
      this.#peers.located(peer, host);
      peer.resolved(host);
      return;
    }
    this.peer = heir;
    peer.handOver(heir);
    this.#peers.replaced(peer);
  }
}

function meansUnreachable(outcome: Outcome): boolean {
  if (outcome.state === 'timedOut') return outcome.verdict === 'unreachable';
  return outcome.state === 'unsent' && saysUnreachable(outcome.error);
}

/** Whether the call ended, or was given up when overdue, and its peer was not heard since. */
function heardNothing({ context, overdue, peer }: CallActor, outcome: Outcome): boolean {
  if ((peer.heardAtMs ?? -Infinity) >= (context.sentAtMs ?? Infinity)) return false;
  if (outcome.state === 'timedOut') return blamesPeer(outcome.verdict);
  return outcome.state === 'cancelled' && overdue;
}
