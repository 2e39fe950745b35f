/**
 * Peer kit: the parts that every peer of an endpoint is made with, in addition to the engine. `Self`
 * is the type of these peers.
 */
import type { Hearers } from '../actor/listeners.js';
import type { EndpointReport } from '../api/endpoint-report.js';
import type { Limits } from '../api/limits.js';
import type { FirstRoundTrips } from '../call/first-round-trips.js';
import type { Caller } from '../call/caller.js';
import type { AddressHash } from '../handler/address-hash.js';
import type { Notifier } from '../notification/notifier.js';
import type { Turn } from '../time/turn.js';
import type { AmplificationLimit } from './amplification.js';
import type { Commands } from './commands.js';
import type { Evictable } from './eviction-order.js';
import type { MailboxLimits } from './mailbox.js';
import type { ReturnPathTokens } from './return-path-tokens.js';
import type { TenureKit } from './tenure.js';
import type { WindowLimits } from './window.js';

export interface PeerKit<Self extends Evictable<Self>> extends TenureKit<Self> {
  /** Those who listen to the endpoint, and hear of the health of all its peers. */
  readonly reports: Hearers<EndpointReport>;
  readonly caller: Caller;
  readonly commands: Commands;
  readonly notifier: Notifier;
  readonly turn: Turn;
  readonly amplification: AmplificationLimit;
  readonly tokens: ReturnPathTokens;
  readonly addressHash: AddressHash;
  readonly firstRoundTrips: FirstRoundTrips;
  readonly limits: MailboxLimits & WindowLimits & Pick<Limits, 'maxBundleBytes'>;
}
