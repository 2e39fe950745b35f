/** Held actor: the actor of a peer, for handles, which may outlive it. */
import type { Subscription } from 'xstate';
import type { Listeners } from '../actor/listeners.js';
import type { PeerReport } from '../api/peer.js';
import type { CallActor } from '../call/call.js';
import type { CalledName } from '../call/called-name.js';
import type { PeerActor } from './actor.js';

/** The members of the peer table that every held actor uses. */
interface ClosingPeers {
  /** Whether no forgotten peer gets a new actor any more. */
  readonly closed: boolean;
}

/** Access to the actor of a handle. An idle actor is forgotten when its place is needed. */
export abstract class HeldActor<Peers extends ClosingPeers = ClosingPeers> {
  /** Gets errors that observers throw. */
  readonly reportError: (error: unknown) => void;
  protected readonly peers: Peers;

  constructor(peers: Peers, reportError: (error: unknown) => void) {
    this.peers = peers;
    this.reportError = reportError;
  }

  /** The last known actor, which may be forgotten. */
  abstract last(): PeerActor;
  /** A living actor: a new one if the last one was forgotten. Throws TooManyPeersError. */
  abstract living(): PeerActor;
  /** The listeners to its calls and its health. Throws TooManyPeersError. */
  abstract reports(): Listeners<PeerReport>;
  /** Calls `changed` when what the peer shows may have changed. Throws TooManyPeersError. */
  abstract watch(changed: () => void): Subscription;
  /** The host name that its calls are made by; undefined for an IP address. */
  abstract readonly name: CalledName<CallActor> | undefined;

  /** Whether the endpoint has closed, so that no actor lives any more. */
  get ended(): boolean {
    return this.peers.closed && this.last().forgotten;
  }
}
