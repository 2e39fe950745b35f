/** How a recorder gets at an endpoint: more than users see, and nothing that costs an endpoint without one. */
import type { Subscription } from 'xstate';
import type { Tap } from '../actor/inspection.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { CallActor } from '../call/call.js';
import { OptionError } from '../errors.js';
import type { Handler } from '../handler/handler.js';
import type { PeerActor } from '../peer/actor.js';
import type { Random } from '../random.js';
import type { Clock } from '../time/clock.js';

/** An endpoint as a tap sees it; `unsubscribe` takes the tap away. */
export interface TappedEndpoint extends Subscription {
  readonly clock: Clock;
  readonly random: Random;
  peers(): readonly PeerActor[];
  /** Calls that are not over. */
  calls(): readonly CallActor[];
  /** Those whose procedures run. */
  handlers(): readonly Handler[];
}

/** The name of the method that only this file calls; the same in every copy of this package. */
export const TAP = Symbol.for('rpcudp.tap');

export interface Tappable {
  [TAP](tap: Tap): TappedEndpoint;
}

/**
 * Attaches a tap to an endpoint.
 *
 * @throws EndpointClosedError; OptionError for what `createEndpoint` did not make.
 */
export function tapEndpoint(endpoint: AnyEndpoint, tap: Tap): TappedEndpoint {
  if (TAP in endpoint) return (endpoint as AnyEndpoint & Tappable)[TAP](tap);
  throw new OptionError('endpoint', 'must be what createEndpoint gives');
}
