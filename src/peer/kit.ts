/** Peer kit: the parts that every peer of an endpoint is made with, in addition to the engine. */
import type { AnyActorRef } from 'xstate';
import type { Limits } from '../api/limits.js';
import type { FirstRoundTrips } from '../call/first-round-trips.js';
import type { Caller } from '../call/caller.js';
import type { Turn } from '../time/turn.js';
import type { AmplificationLimit } from './amplification.js';
import type { Commands } from './commands.js';

export interface PeerKit {
  readonly root: AnyActorRef;
  readonly caller: Caller;
  readonly commands: Commands;
  readonly turn: Turn;
  readonly amplification: AmplificationLimit;
  readonly firstRoundTrips: FirstRoundTrips;
  readonly limits: Pick<Limits, 'initialWindow' | 'mailbox' | 'maxBundleBytes' | 'window'>;
}
