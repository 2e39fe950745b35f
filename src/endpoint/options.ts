/** Checked endpoint options: the table of all options, their checks and their defaults. */
import { systemLookup } from '../address/lookup.js';
import type {
  Amplification,
  AtMostOnce,
  ContractedEndpointOptions,
  EndpointOptions,
} from '../api/endpoint-options.js';
import type { CloseOptions } from '../api/close-options.js';
import type { LimitOptions, Limits } from '../api/limits.js';
import { CONTRACT_OPTION } from '../contract/contract.js';
import type { AnyContract } from '../contract/contract.js';
import { DESCRIBE_OPTION } from '../description/option.js';
import { LIMITS } from '../engine/limits.js';
import { OptionError } from '../errors.js';
import {
  callable,
  callables,
  milliseconds,
  oneOf,
  requireFunctions,
  requireOptions,
  tested,
  unchecked,
  withDefaults,
} from '../option-table.js';
import type { OptionTable, WithDefaults } from '../option-table.js';
import { systemRandom } from '../random.js';
import { MAX_TIMER_DELAY_MS, systemClock } from '../time/clock.js';

const OTHERS = {
  // The transport checks host and port when it binds.
  host: unchecked(undefined),
  port: unchecked(0),
  reusePort: tested(false, 'must be true or false', (value) => typeof value === 'boolean'),
  handlers: unchecked({}),
  use: callables(undefined),
  intercept: callables(undefined),
  contract: CONTRACT_OPTION,
  describe: DESCRIBE_OPTION,
  atMostOnce: oneOf<AtMostOnce>('bounded', { strict: true, bounded: true }),
  amplification: oneOf<Amplification>('compat', { strict: true, compat: true }),
  latencies: tested(false, 'must be true or false', (value) => typeof value === 'boolean'),
  inspect: unchecked(undefined),
  onError: callable(undefined),
  transport: unchecked(undefined),
  clock: unchecked(systemClock),
  random: unchecked(systemRandom),
  lookup: callable(systemLookup),
} satisfies OptionTable<Omit<ContractedEndpointOptions<AnyContract>, keyof Limits>>;

export const ENDPOINT_OPTIONS = { ...LIMITS, ...OTHERS } satisfies OptionTable<
  ContractedEndpointOptions<AnyContract>
>;

export type GivenOptions = EndpointOptions & { readonly contract?: AnyContract };

/** The checked options of an endpoint, with defaults for those that were not given. */
export type CheckedEndpointOptions = WithDefaults<
  Omit<GivenOptions, keyof Limits>,
  typeof OTHERS
> & { readonly limits: Limits };

/**
 * Checks the given options and fills in the defaults.
 *
 * @throws OptionError that names the option, its value and its bounds.
 */
export function checkEndpointOptions(options: GivenOptions): CheckedEndpointOptions {
  requireOptions<GivenOptions>(ENDPOINT_OPTIONS, options, 'an endpoint');
  requireFunctions('use', options.use);
  requireFunctions('intercept', options.intercept);
  for (const name of ['host', 'port', 'reusePort'] as const) {
    if (options.transport !== undefined && options[name] !== undefined) {
      throw new OptionError(name, 'is only for UDP; a custom transport brings its own address');
    }
  }
  return {
    ...withDefaults<Omit<GivenOptions, keyof Limits>, typeof OTHERS>(OTHERS, options),
    limits: withDefaults<LimitOptions, typeof LIMITS>(LIMITS, options),
  };
}

const CLOSE_OPTIONS = {
  // The default is the endpoint's. A remaining time has parts of milliseconds.
  graceMs: milliseconds(undefined, MAX_TIMER_DELAY_MS),
} satisfies OptionTable<CloseOptions>;

/**
 * Checks the options of a close.
 *
 * @throws OptionError that names the option, its bounds and its value.
 */
export function checkCloseOptions(options: CloseOptions = {}): CloseOptions {
  requireOptions<CloseOptions>(CLOSE_OPTIONS, options, 'a close');
  return options;
}
