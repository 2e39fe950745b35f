/** The options of an endpoint. */
import type { InspectionObserver } from '../actor/inspection.js';
import type { Amplification } from '../peer/amplification.js';
import type { Clock } from '../time/clock.js';
import { Contract } from '../contract/contract.js';
import type { AnyContract, ContractHandlers } from '../contract/contract.js';
import { OptionError } from '../errors.js';
import type { Handlers } from '../handler/procedures.js';
import { LIMIT_NAMES, limitOf, refuseUnknownOptions } from '../limits.js';
import type { Limits } from '../limits.js';
import type { Random } from '../random.js';
import type { Lookup } from '../address/lookup.js';
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

/** @throws OptionError for what is no contract. */
export function requireContract(contract: unknown): void {
  if (contract === undefined || contract instanceof Contract) return;
  throw new OptionError('contract', 'must be what defineContract gives');
}
