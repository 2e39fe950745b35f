/** The kit: what every peer of an endpoint is made with, beside the engine. */
import type { AnyActorRef } from 'xstate';
import type { Limits } from '../api/limits.js';
import type { Caller } from '../call/caller.js';
import type { Turn } from '../time/turn.js';
import type { AmplificationLimit } from './amplification.js';

/** Each member goes to the one part of a peer that reads it. */
export interface PeerKit {
  /** The parent of its actor. */
  readonly root: AnyActorRef;
  readonly caller: Caller;
  readonly turn: Turn;
  readonly amplification: AmplificationLimit;
  readonly limits: Pick<Limits, 'initialWindow' | 'mailbox' | 'maxBundleBytes' | 'window'>;
}
