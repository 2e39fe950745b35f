/** The options of an endpoint, checked. */
import type { ContractedEndpointOptions, EndpointOptions } from '../api/endpoint-options.js';
import type { Limits } from '../api/limits.js';
import { requireContract } from '../contract/contract.js';
import type { AnyContract } from '../contract/contract.js';
import { OptionError } from '../errors.js';
import { LIMIT_NAMES, limitOf, refuseUnknownOptions } from '../engine/limits.js';

const OTHERS: readonly string[] = [
  'host',
  'port',
  'reusePort',
  'handlers',
  'contract',
  'atMostOnce',
  'amplification',
  'inspect',
  'onError',
  'transport',
  'clock',
  'random',
  'lookup',
] satisfies (keyof Omit<ContractedEndpointOptions<AnyContract>, keyof Limits>)[];

/**
 * The endpoint's limits: what was given, checked, and defaults for the rest.
 *
 * @throws OptionError naming the option, its value and its bounds.
 */
export function limitsOf(options: EndpointOptions & { readonly contract?: unknown }): Limits {
  const { contract } = options;
  refuseUnknownOptions(options, [...LIMIT_NAMES, ...OTHERS], 'an endpoint');
  for (const name of ['onError', 'lookup'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw new OptionError(name, 'must be a function');
    }
  }
  if (options.reusePort !== undefined && typeof options.reusePort !== 'boolean') {
    throw new OptionError('reusePort', 'must be true or false');
  }
  requireContract(contract);
  for (const name of ['host', 'port', 'reusePort'] as const) {
    if (options.transport !== undefined && options[name] !== undefined) {
      throw new OptionError(name, 'is for UDP; a transport of your own has an address of its own');
    }
  }
  requireOneOf('atMostOnce', options.atMostOnce, ['strict', 'bounded']);
  requireOneOf('amplification', options.amplification, ['strict', 'compat']);
  const limits: Record<string, number | undefined> = {};
  for (const name of LIMIT_NAMES) limits[name] = limitOf(name, options[name]);
  return limits as unknown as Limits;
}

function requireOneOf(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new OptionError(
    name,
    `must be one of ${choices.join(', ')}, but is ${JSON.stringify(value)}`,
  );
}
