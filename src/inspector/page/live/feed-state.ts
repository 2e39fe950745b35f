/** Feed state: how the page stands to what it shows. */
import type { EndpointCondition, EndpointState } from '../store/endpoint-state.js';
import type { ConnectionState } from './ports.js';

/**
 * `catchingUp`: it is still being told of the past. `live`: it shows what happens now. `gone`: the
 * hub does not answer, and the page shows what it last knew. `recording`: it shows the past, which
 * does not change. `paused`: the user has stopped it.
 */
export type FeedState = 'catchingUp' | 'live' | 'gone' | 'recording' | 'paused';

/** What it depends on. */
interface Situation {
  readonly showsFile: boolean;
  readonly paused: boolean;
  readonly connection: ConnectionState;
  /** Whether everything that the hub knows was applied. */
  readonly caughtUp: boolean;
  readonly endpoints: Iterable<EndpointState>;
}

export function feedStateOf(situation: Situation): FeedState {
  const { showsFile, paused, connection, caughtUp } = situation;
  if (showsFile) return 'recording';
  if (paused) return 'paused';
  if (connection === 'broken') return 'gone';
  if (!caughtUp) return 'catchingUp';
  const endpoints = [...situation.endpoints];
  const arePast = endpoints.length > 0 && endpoints.every(({ closed }) => closed?.recorded);
  return arePast ? 'recording' : 'live';
}

/** What is known of an endpoint in this state. */
export function conditionIn(feedState: FeedState, endpoint: EndpointState): EndpointCondition {
  if (endpoint.closed !== undefined) return endpoint.condition;
  if (feedState === 'recording') return 'recorded';
  return feedState === 'live' || feedState === 'paused' ? endpoint.condition : 'stale';
}
