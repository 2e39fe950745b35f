/**
 * Middleware: functions around the procedures of an endpoint, and the types of what they put into
 * the context.
 */
import type { RequestRefusedError } from './request-refused-error.js';
import type { ScopeWith } from './scope.js';

/**
 * A request on its way to its procedure. It is the scope that the procedure gets, and says which
 * procedure is called. `Needed` is what earlier middleware must have put into the context.
 */
export interface MiddlewareRequest<Needed extends object = object> extends ScopeWith<Needed> {
  /** The name as the peer sent it. If it is not known here, escape it before you print it. */
  readonly procedure: string;
  /** The caller's arguments; with a contract, as its schema made them. They cannot be replaced. */
  readonly args: readonly unknown[];
  /** 40 hexadecimal digits, the same at the caller. */
  readonly transactionId: string;
  /**
   * Why the request is not run; undefined if it is. Its caller has been told already, and nothing
   * that middleware does changes that. `signal` is aborted, `remainingMs` is 0, `args` are as they
   * arrived, and `next` gives a promise that is rejected with this error.
   */
  readonly refusal: RequestRefusedError | undefined;
}

/**
 * Goes on: runs the next middleware of the list, or after the last the procedure, and gives what
 * that returns, or throws what it throws. So what is synchronous stays so.
 *
 * The properties of `added`, a plain object, are put into the context. When the request is over, or
 * `next` was called before, it does not go on, and gives a promise that is rejected with the
 * reason.
 */
export type Next<Added extends object = object> = object extends Added
  ? (added?: Added) => unknown
  : (added: Added) => unknown;

/**
 * A function around all procedures of an endpoint: `createEndpoint({ use: [auth, logging] })`. The
 * first in the list is the outermost. It gets every request that could be read and is no repetition
 * of an earlier one, refused requests as well (`request.refusal`).
 *
 * What it returns is the result, in place of the procedure's. What it throws is an error as if the
 * procedure had thrown it. `Added` is what it gives to `next`: the context of later middleware and
 * of procedures has it, `scope.context`. `Needed` is what it takes from the context: with a list in
 * which nothing before it adds that, `createEndpoint` does not compile.
 *
 * ```ts
 * const auth: Middleware<{ user: User }> = (request, next) =>
 *   next({ user: userOf(request.headers) ?? fail('unauthorized', 'Who are you?') });
 * const audit: Middleware<object, { user: User }> = (request, next) => {
 *   console.log(request.context.user.name, request.procedure);
 *   return next();
 * };
 * ```
 */
export type Middleware<Added extends object = object, Needed extends object = object> = (
  request: MiddlewareRequest<Needed>,
  next: Next<Added>,
) => unknown;

/** Any middleware, whatever it needs. */
export type AnyMiddleware = Middleware<object, never>;

/** What the middleware of a list puts into the context: the intersection of what each adds. */
export type ContextOf<
  Use extends readonly unknown[],
  Before extends object = object,
> = Use extends readonly [infer M, ...infer Rest]
  ? ContextOf<Rest, Joined<Before, AddedBy<M>>>
  : Before;

/** Accepts a list in which each middleware finds what it needs; else it is a list that would do. */
export type InOrder<Use extends readonly unknown[]> =
  Use extends Fitting<Use> ? unknown : Fitting<Use>;

type Fitting<
  Use extends readonly unknown[],
  Before extends object = object,
> = Use extends readonly [infer M, ...infer Rest]
  ? readonly [Fits<M, Before>, ...Fitting<Rest, Joined<Before, AddedBy<M>>>]
  : Use extends readonly []
    ? Use
    : // Of a list that is no tuple the order is not known.
      Use extends readonly (infer M)[]
      ? readonly Fits<M, object>[]
      : never;

/** A function that is written within the list needs nothing, which is `never` here. */
type Fits<M, Before extends object> = M extends unknown
  ? [NeededBy<M>] extends [never]
    ? M
    : Before extends NeededBy<M>
      ? M
      : Middleware<AddedBy<M>, Before>
  : never;

type AddedBy<M> = M extends (request: never, next: infer N) => unknown
  ? N extends (added: infer Added) => unknown
    ? Objects<NonNullable<Added>>
    : object
  : object;

type NeededBy<M> = M extends (request: infer R, next: never) => unknown
  ? R extends { readonly context: infer Needed }
    ? Needed
    : unknown
  : unknown;

type Objects<T> = T extends object ? T : never;

/** The intersection, without an `object` that says nothing. */
type Joined<Before extends object, Added extends object> = [keyof Before] extends [never]
  ? Added
  : [keyof Added] extends [never]
    ? Before
    : Before & Added;
