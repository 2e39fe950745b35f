/** The options of an endpoint, checked. */
import { systemLookup } from '../address/lookup.js';
import type {
  Amplification,
  AtMostOnce,
  ContractedEndpointOptions,
  EndpointOptions,
} from '../api/endpoint-options.js';
import type { Limits } from '../api/limits.js';
import { CONTRACT_OPTION } from '../contract/contract.js';
import type { AnyContract } from '../contract/contract.js';
import { LIMITS } from '../engine/limits.js';
import { OptionError } from '../errors.js';
import {
  callable,
  oneOf,
  requireOptions,
  tested,
  unchecked,
  withDefaults,
} from '../option-table.js';
import type { OptionTable, WithDefaults } from '../option-table.js';
import { systemRandom } from '../random.js';
import { systemClock } from '../time/clock.js';

/** What an endpoint can be given that is no limit. */
const OTHERS = {
  // What is no address is refused where it is bound.
  host: unchecked(undefined),
  port: unchecked(0),
  reusePort: tested(false, 'must be true or false', (value) => typeof value === 'boolean'),
  handlers: unchecked({}),
  contract: CONTRACT_OPTION,
  atMostOnce: oneOf<AtMostOnce>('bounded', { strict: true, bounded: true }),
  amplification: oneOf<Amplification>('compat', { strict: true, compat: true }),
  inspect: unchecked(undefined),
  onError: callable(undefined),
  transport: unchecked(undefined),
  clock: unchecked(systemClock),
  random: unchecked(systemRandom),
  lookup: callable(systemLookup),
} satisfies OptionTable<Omit<ContractedEndpointOptions<AnyContract>, keyof Limits>>;

/** Every option of an endpoint. */
export const ENDPOINT_OPTIONS = { ...LIMITS, ...OTHERS } satisfies OptionTable<
  ContractedEndpointOptions<AnyContract>
>;

/** What `createEndpoint` takes, with a contract or without. */
export type GivenOptions = EndpointOptions & { readonly contract?: AnyContract };

/** An endpoint's options, checked, with defaults for those that were not given. */
export type CheckedEndpointOptions = WithDefaults<
  Omit<GivenOptions, keyof Limits>,
  typeof OTHERS
> & { readonly limits: Limits };

/**
 * The options of an endpoint: what was given, checked, and defaults for the rest.
 *
 * @throws OptionError naming the option, its value and its bounds.
 */
export function checkEndpointOptions(options: GivenOptions): CheckedEndpointOptions {
  requireOptions<GivenOptions>(ENDPOINT_OPTIONS, options, 'an endpoint');
  for (const name of ['host', 'port', 'reusePort'] as const) {
    if (options.transport !== undefined && options[name] !== undefined) {
      throw new OptionError(name, 'is for UDP; a transport of your own has an address of its own');
    }
  }
  return {
    ...withDefaults<Omit<GivenOptions, keyof Limits>, typeof OTHERS>(OTHERS, options),
    limits: withDefaults<Partial<Limits>, typeof LIMITS>(LIMITS, options),
  };
}
