/** What callers know of procedures by their types: names, arguments and results. */
import type { CheckedResultOf } from '../contract/api.js';
import type { Received } from '../wire/received.js';

/** The procedures of a peer about which nothing is known: any name, any arguments. */
export type AnyProcedures = Readonly<Record<string, (scope: never, ...args: unknown[]) => unknown>>;

/** Procedures that are offered, and of which callers may know no more than that. */
export type Offered = Readonly<Record<string, (scope: never, ...args: never[]) => unknown>>;

/** The names that can be called. */
export type ProcedureName<Api> = keyof Api & string;

/** The positional arguments of a procedure. */
export type ArgumentsOf<P> = P extends (scope: never, ...args: infer Args) => unknown
  ? Readonly<Args>
  : never;

/** What the caller receives: the result as it looks after its journey. */
export type ResultOf<P> = CheckedResultOf<
  P,
  P extends (...args: never[]) => infer Result ? Received<Awaited<Result>> : never
>;
