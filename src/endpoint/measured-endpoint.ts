/**
 * Measured endpoint: the access that `rpcudp/metrics` has to an endpoint. An endpoint that nobody
 * measures pays a check for each call and request.
 */
import type { AnyEndpoint } from '../api/endpoint.js';
import { otherVersionOf } from '../copies/shared-class.js';
import type { Engine } from '../engine/engine.js';
import { OptionError } from '../errors.js';

/** To what those attach who measure and follow the calls and requests of an endpoint. */
export type Measures = Pick<Engine, 'meters' | 'tracers'>;

/** The name of a property that only this file reads, the same in every copy of this package. */
export const MEASURES = Symbol.for('rpcudp.measures');

export interface Measurable {
  readonly [MEASURES]: Measures;
}

/**
 * Gives that access.
 *
 * @throws OptionError for a value that `createEndpoint` did not make, or that another version of
 * this package made.
 */
export function measuresOf(endpoint: AnyEndpoint): Measures {
  if (!(MEASURES in endpoint)) {
    throw new OptionError('endpoint', 'must be an endpoint made by createEndpoint');
  }
  const otherVersion = otherVersionOf(endpoint);
  if (otherVersion !== undefined) throw new OptionError('endpoint', otherVersion);
  return (endpoint as AnyEndpoint & Measurable)[MEASURES];
}
