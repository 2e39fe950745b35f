/** Prometheus: gives the counts and durations of an endpoint to a registry of prom-client. */
import type { Subscription } from 'xstate';
import { formatAddress } from '../address/address.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import { measuresOf } from '../endpoint/measured-endpoint.js';
import { OptionError } from '../errors.js';
import { requireOptions, tested } from '../option-table.js';
import type { OptionTable } from '../option-table.js';
import { Durations } from './durations.js';
import { Exposition } from './exposition.js';
import type { PrometheusRegistry } from './instruments.js';

export interface PrometheusOptions {
  /**
   * The value of the label `endpoint`, which tells the endpoints of a registry apart. Default: the
   * local address. Give one if the port is not always the same: Prometheus keeps each value.
   */
  readonly name?: string | undefined;
}

const OPTIONS = {
  name: tested(undefined, 'must be a text', (value) => typeof value === 'string' && value !== ''),
} satisfies OptionTable<PrometheusOptions>;

/** Forgotten with their registries. */
const expositions = new WeakMap<PrometheusRegistry, Exposition>();

/**
 * Lets a registry of prom-client 15 tell what an endpoint does, until `unsubscribe`:
 *
 * - the counts of `endpoint.stats()`, read when the registry is asked, all at one moment;
 * - `rpcudp_call_duration_seconds` and `rpcudp_request_duration_seconds`, from now on.
 *
 * Labels are words of closed sets and the names of procedures: those that the endpoint offers, and
 * the first 64 that it calls, `(others)` being the rest. A name that only a peer said is none.
 *
 * @throws OptionError when the name is used in this registry, or one of its metrics is called as one
 * of these; for a value that is no endpoint or no registry; EndpointClosedError without a name.
 */
export function prometheus(
  endpoint: AnyEndpoint,
  registry: PrometheusRegistry,
  options: PrometheusOptions = {},
): Subscription {
  requireOptions<PrometheusOptions>(OPTIONS, options, 'prometheus');
  const { meters } = measuresOf(endpoint);
  requireRegistry(registry);
  const { name = formatAddress(endpoint.address) } = options;
  let exposition = expositions.get(registry);
  if (exposition === undefined) {
    expositions.set(registry, (exposition = new Exposition(registry)));
  }
  const exposed = { endpoint, durations: new Durations() };
  exposition.add(name, exposed);
  const measuring = meters.attach(exposed.durations);
  return {
    unsubscribe: () => {
      measuring.unsubscribe();
      exposition.remove(name, exposed);
    },
  };
}

function requireRegistry(registry: Partial<PrometheusRegistry>): void {
  if (typeof registry.registerMetric === 'function') return;
  throw new OptionError('registry', 'must be a registry of prom-client');
}
