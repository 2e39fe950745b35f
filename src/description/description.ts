/**
 * Description: what an endpoint tells of itself, as it travels. It is asked for by two ordinary
 * requests, so that deadlines, at most once, limits, middleware and inspection hold for them too.
 */

/** Names that begin so are the endpoint's own. */
export const OWN_PREFIX = 'rpcudp.';

/**
 * Gives an `EndpointDescription` with one page of the procedures: the first one, or the one behind
 * the name that is its argument.
 */
export const DESCRIBE = 'rpcudp.describe';

/** Gives the `ProcedureDescription` of the name that is its argument. */
export const DESCRIBE_PROCEDURE = 'rpcudp.describeProcedure';

/** The code with which it answers for a name that is not offered. */
export const NO_SUCH_PROCEDURE = 'noSuchProcedure';

/** What this version understands beyond rpcudp 5.x. */
export const FEATURES: readonly string[] = [
  'bundles',
  'probes',
  'headers',
  'notifications',
  'describe',
];

export interface EndpointDescription {
  /** Of the package that serves. */
  readonly version: string;
  readonly features: readonly string[];
  /** The caller's address, as the request showed it. */
  readonly caller: string;
  /** A page of them, in the order of their names' UTF-16 code units. */
  readonly procedures: readonly ListedProcedure[];
  /** Whether there are others behind them. */
  readonly more: boolean;
}

export interface ListedProcedure {
  readonly name: string;
  /** Its beginning, if it is long. */
  readonly description?: string | undefined;
}

/** A part of a contract that has a schema. */
export type DescribedPart = 'args' | 'result';

/** Why a schema is not told: too large for a reply, or there is no JSON Schema of it. */
export type Omission = 'tooLarge' | 'untold';

export interface ProcedureDescription {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema, draft 2020-12, of the arguments as they are sent: an array. */
  readonly args?: JsonSchema | undefined;
  /** JSON Schema of the result as it is sent. */
  readonly result?: JsonSchema | undefined;
  readonly idempotent: boolean;
  readonly timeoutMs?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** The schemas that there are, but that are not told. */
  readonly omitted?: Readonly<Partial<Record<DescribedPart, Omission | undefined>>> | undefined;
}

/** A JSON Schema is an object, `true` or `false`. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;
