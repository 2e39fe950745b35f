/** Held actor: the actor of a peer, for handles, which may outlive it. */
import type { Subscription } from 'xstate';
import type { Listeners } from '../actor/listeners.js';
import type { PeerReport } from '../api/peer.js';
import type { CallActor } from '../call/call.js';
import type { CalledName } from '../call/called-name.js';
import type { PeerActor } from './actor.js';

/** Access to the actor of a handle. An idle actor is forgotten when its place is needed. */
export interface HeldActor {
  /** The last known actor, which may be forgotten. */
  last(): PeerActor;
  /** A living actor: a new one if the last one was forgotten. Throws TooManyPeersError. */
  living(): PeerActor;
  /** The listeners to its calls and its health. Throws TooManyPeersError. */
  reports(): Listeners<PeerReport>;
  /** Calls `changed` when what the peer shows may have changed. Throws TooManyPeersError. */
  watch(changed: () => void): Subscription;
  /** Whether the endpoint has closed, so that no actor lives any more. */
  readonly ended: boolean;
  /** Gets errors that observers throw. */
  readonly reportError: (error: unknown) => void;
  /** The host name that its calls are made by; undefined for an IP address. */
  readonly name: CalledName<CallActor> | undefined;
}
