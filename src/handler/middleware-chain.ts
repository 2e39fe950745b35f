/**
 * Middleware chain: runs the functions of `use` around each procedure, the first one outermost.
 *
 * What goes on synchronously stays so: `next` gives what the inner function gives. Where `next`
 * does not go on, it gives a promise that is rejected and counts as handled. For it may be called
 * where nobody catches, as in a callback of a timer, after a deadline that a stranger has set.
 */
import type { Procedure } from '../api/handlers.js';
import type { AnyMiddleware, MiddlewareRequest } from '../api/middleware.js';
import { MiddlewareError } from '../api/middleware-error.js';
import { kindOfContext } from './added-context.js';
import { handled, isPromiseLike, rejected } from '../time/promise-like.js';

/** A request as the chain uses it. */
export interface PassingRequest extends MiddlewareRequest {
  /** Whether the result is not needed any more, and why. */
  readonly aborted: boolean;
  readonly abortReason: unknown;
  /** Whether its procedure cannot be run any more. A refused request goes on to the end. */
  readonly over: boolean;
  /** Whether it has ended with a result or an error. */
  readonly answered: boolean;
  /** What the innermost function gets from `next`, if the request is refused. */
  readonly rejection: Promise<never>;
  /** Puts a copy of these properties into the context. A later one replaces an earlier one. */
  add(added: object): void;
}

type Layer = (request: PassingRequest, next: (added?: unknown) => unknown) => unknown;

export class MiddlewareChain {
  readonly #layers: readonly Layer[];
  readonly #reportError: (error: unknown) => void;

  constructor(use: readonly AnyMiddleware[], reportError: (error: unknown) => void) {
    // What each needs of the context, the compiler has checked.
    this.#layers = [...use] as readonly unknown[] as readonly Layer[];
    this.#reportError = reportError;
  }

  /** The procedure with the middleware around it. It takes the arguments from its scope. */
  around(procedure: Procedure): Procedure {
    // The inbox gives such a scope where there is middleware.
    return (scope) => this.pass(scope as PassingRequest, procedure);
  }

  /**
   * Sends a request through the middleware to its procedure. A refused request has none. Gives what
   * the outermost function returns, and throws what it throws.
   */
  pass(request: PassingRequest, procedure: Procedure | undefined): unknown {
    return this.#enter(0, request, procedure);
  }

  #enter(index: number, request: PassingRequest, procedure: Procedure | undefined): unknown {
    const layer = this.#layers[index];
    if (layer === undefined) {
      return procedure === undefined
        ? request.rejection
        : procedure(request, ...(request.args as never[]));
    }
    let called = false as boolean;
    let returned = false;
    let over = false;
    let inner: unknown;
    const next = (added?: unknown): unknown => {
      if (called) return this.#mistake(index, request, 'called next twice');
      if (over || (index === 0 && request.answered)) {
        return this.#mistake(index, request, 'called next after it had returned');
      }
      if (request.over) return rejected(this.#reasonOfEnd(index, request));
      const wrong = kindOfContext(added);
      if (wrong !== undefined) {
        return this.#mistake(index, request, `gave next ${wrong}; it takes a plain object`);
      }
      if (added !== undefined) request.add(added as object);
      called = true;
      const given = this.#enter(index + 1, request, procedure);
      if (returned) handled(given);
      else inner = given;
      return given;
    };
    let result: unknown;
    try {
      result = layer(request, next);
    } catch (error) {
      over = true;
      handled(inner);
      throw error;
    }
    returned = true;
    // It may have answered with something else, and not wait for this.
    if (inner !== result) handled(inner);
    if (called) return result;
    if (!isPromiseLike(result)) over = true;
    // For the outermost the request is over then.
    else if (index > 0 && result instanceof Promise) {
      const close = (): void => {
        over = true;
      };
      result.then(close, close);
    }
    return result;
  }

  /** The deadline has passed, or the caller has cancelled, or an outer function has answered. */
  #reasonOfEnd(index: number, request: PassingRequest): unknown {
    if (request.aborted) return request.abortReason;
    return errorOf(index, request, 'called next when the request had been answered');
  }

  #mistake(index: number, request: PassingRequest, problem: string): Promise<never> {
    const error = errorOf(index, request, problem);
    this.#reportError(error);
    return rejected(error);
  }
}

function errorOf(index: number, { procedure }: PassingRequest, problem: string): MiddlewareError {
  return new MiddlewareError(`use[${index}]`, problem, procedure);
}
