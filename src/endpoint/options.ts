/** The options of an endpoint. */
import type { InspectionObserver } from '../actor/inspection.js';
import type { Amplification } from '../amplification.js';
import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import { Contract } from '../contract/contract.js';
import type { AnyContract, ContractHandlers } from '../contract/contract.js';
import { OptionError } from '../errors.js';
import type { Handlers } from '../handler/procedures.js';
import { LIMITS } from '../limits.js';
import type { Limits } from '../limits.js';
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
import type { Random } from '../random.js';
import { systemLookup } from '../resolve.js';
import type { Lookup } from '../resolve.js';
import type { Transport } from '../transport/transport.js';

/** How far the promise to run each request at most once goes. */
export type AtMostOnce = 'strict' | 'bounded';

/** What `createEndpoint` takes. Everything is optional. */
export interface EndpointOptions<H extends Handlers = Handlers> extends Partial<Limits> {
  /**
   * The local IP address to bind to. Default: all addresses, IPv6 and IPv4 on one socket where the
   * machine has IPv6.
   */
  readonly host?: string;
  /** The local port, 0 to 65535. Default 0: any free one. */
  readonly port?: number;
  /**
   * Whether other sockets may have the same port: processes of this user, or worker threads, that ask for it too. The
   * kernel deals out the senders among them by a hash of their address and ours, so what one has sent, and sends again,
   * comes to the same socket. When one comes or goes the senders are dealt out anew, and a request that is repeated
   * just then may run again. An endpoint that shares its port serves and makes no calls. Needs Node.js 22.12, 23.1 or
   * later, and Linux or a system like it. Default false.
   */
  readonly reusePort?: boolean;
  /** The procedures that peers can call: own properties, functions. Default none. */
  readonly handlers?: H;
  /**
   * What happens when the memory of requests (`maxReplies`) is full. `'bounded'`, the default: the oldest
   * are forgotten before their time, counted as `forgottenEarly`, and a repetition of them would run
   * again. `'strict'`: new requests are refused as overloaded until there is room.
   */
  readonly atMostOnce?: AtMostOnce;
  /**
   * How much may be sent to addresses that could be forged, beyond three times what came from there:
   * `'compat'`, the default: 64 KiB at once and 16 KiB a second to each /24 or /56; `'strict'`: nothing.
   * An address is validated once it answers a call of ours. A reply that may not be sent is withheld;
   * an rpcudp endpoint is challenged instead, validates itself at once, and gets it.
   */
  readonly amplification?: Amplification;
  /** An XState inspection observer, told of every endpoint, socket, peer, call and handler actor. */
  readonly inspect?: InspectionObserver;
  /**
   * Hears of errors that have no caller: a procedure threw, a listener of yours threw. Default: a
   * Node.js process warning, once for each procedure.
   */
  readonly onError?: (error: unknown) => void;
  /** Carries the datagrams. Default UDP. */
  readonly transport?: Transport;
  /** Tells the time and sets timers. Default the system's monotonic clock. */
  readonly clock?: Clock;
  /** Makes transaction ids and jitter. Default the system's cryptographic generator. */
  readonly random?: Random;
  /** Looks up host names. Default the system's resolver. */
  readonly lookup?: Lookup;
}

/** What `createEndpoint` takes when a contract says which procedures there are. */
export interface ContractedEndpointOptions<C extends AnyContract> extends Omit<
  EndpointOptions,
  'handlers'
> {
  /** What the handlers are held to, and their callers. */
  readonly contract: C;
  /** The procedures of the contract, every one of them, and none else. */
  readonly handlers: ContractHandlers<C>;
}

/** What an endpoint can be given that is no limit. */
const OTHERS = {
  // What is no address is refused where it is bound.
  host: unchecked(undefined),
  port: unchecked(0),
  reusePort: tested(false, 'must be true or false', (value) => typeof value === 'boolean'),
  handlers: unchecked({}),
  contract: tested(
    undefined,
    'must be what defineContract gives',
    (value) => value instanceof Contract,
  ),
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
type GivenOptions = EndpointOptions & { readonly contract?: AnyContract };

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

/** @throws OptionError for what is no contract. */
export function requireContract(contract: unknown): void {
  const problem = contract === undefined ? undefined : OTHERS.contract.problem(contract);
  if (problem !== undefined) throw new OptionError('contract', problem);
}
