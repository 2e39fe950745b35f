/**
 * Tapped endpoint: the access that a recorder has to an endpoint. A recorder sees more than users
 * do, and an endpoint without a recorder pays nothing for it.
 */
import type { Subscription } from 'xstate';
import type { Tap } from '../actor/inspection.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { CallActor } from '../call/call.js';
import { otherVersionOf } from '../copies/shared-class.js';
import { OptionError } from '../errors.js';
import type { Handler } from '../handler/handler.js';
import type { NotificationActor } from '../notification/notification.js';
import type { PeerActor } from '../peer/actor.js';
import type { Random } from '../random.js';
import type { Clock } from '../time/clock.js';

/** An endpoint with a tap. `unsubscribe` removes the tap. */
export interface TappedEndpoint extends Subscription {
  readonly clock: Clock;
  readonly random: Random;
  peers(): readonly PeerActor[];
  /** The calls that have not ended. */
  calls(): readonly CallActor[];
  /** The notifications that have not ended. */
  notifications(): readonly NotificationActor[];
  handlers(): readonly Handler[];
}

/** The name of a method that only this file calls, the same in every copy of this package. */
export const TAP = Symbol.for('rpcudp.tap');

export interface Tappable {
  [TAP](tap: Tap): TappedEndpoint;
}

/**
 * Attaches a tap to an endpoint.
 *
 * @throws EndpointClosedError; OptionError for a value that `createEndpoint` did not make, or that
 * another version of this package made: a recorder uses the insides of the endpoint.
 */
export function tapEndpoint(endpoint: AnyEndpoint, tap: Tap): TappedEndpoint {
  if (!(TAP in endpoint)) {
    throw new OptionError('endpoint', 'must be an endpoint made by createEndpoint');
  }
  const otherVersion = otherVersionOf(endpoint);
  if (otherVersion !== undefined) throw new OptionError('endpoint', otherVersion);
  return (endpoint as AnyEndpoint & Tappable)[TAP](tap);
}
