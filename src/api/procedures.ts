/** Procedures: the names, arguments and results that a caller's types know. */
import type { CheckedResultOf } from '../contract/api.js';
import type { Received } from '../wire/received.js';

/** The procedures of a peer of unknown type: any name, any arguments. */
export type AnyProcedures = Readonly<Record<string, (scope: never, ...args: unknown[]) => unknown>>;

/** The procedures that an endpoint of unknown type offers. */
export type Offered = Readonly<Record<string, (scope: never, ...args: never[]) => unknown>>;

/** Procedures typed by an interface, whatever they take: `I extends OfferedBy<I>`. */
export type OfferedBy<I> = { readonly [Name in keyof I]: Offered[string] };

/** The names that can be called. */
export type ProcedureName<Api> = keyof Api & string;

/** The positional arguments of a procedure. */
export type ArgumentsOf<P> = P extends (scope: never, ...args: infer Args) => unknown
  ? Readonly<Args>
  : never;

/** The result of a procedure as its caller receives it, after encoding and decoding. */
export type ResultOf<P> = CheckedResultOf<
  P,
  P extends (...args: never[]) => infer Result ? Received<Awaited<Result>> : never
>;
