/**
 * Interceptors: runs the functions of `intercept` around the making of each call, the first one
 * outermost. They are synchronous, because a call exists as soon as it is made. A call that one of
 * them refuses exists as well: it is `unsent`. So an outer one always gets a call from `next`,
 * unless the call is a mistake of its caller, who gets what is thrown.
 */
import type { CallOptions } from '../api/call-options.js';
import type { Call } from '../api/call.js';
import type { Interceptor } from '../api/interceptor.js';
import { MiddlewareError } from '../api/middleware-error.js';
import { messageOf } from '../errors.js';
import { handled } from '../time/promise-like.js';
import type { CallActor } from './call.js';
import type { Interception } from './interception.js';

const NO_OPTIONS: CallOptions = Object.freeze({});

export class Interceptors {
  readonly #list: readonly Interceptor[];
  readonly #reportError: (error: unknown) => void;

  constructor(intercept: readonly Interceptor[], reportError: (error: unknown) => void) {
    this.#list = [...intercept];
    this.#reportError = reportError;
  }

  /**
   * Makes a call, unless an interceptor refuses it.
   *
   * @throws what `make` throws.
   */
  run(interception: Interception, options: CallOptions | undefined): CallActor {
    try {
      return this.#enter(0, interception, options);
    } finally {
      interception.over = true;
    }
  }

  #enter(index: number, interception: Interception, given: CallOptions | undefined): CallActor {
    const interceptor = this.#list[index];
    if (interceptor === undefined) return interception.make(given);
    const options = given ?? NO_OPTIONS;
    const { procedure, args, peer } = interception;
    let made: CallActor | undefined;
    const next = (changes?: CallOptions): Call => {
      if (made === undefined) {
        if (interception.over) {
          throw errorOf(index, interception, 'called next after it had returned');
        }
        requireChanges(index, interception, changes);
        const merged = changes === undefined ? given : { ...options, ...changes };
        made = this.#enter(index + 1, interception, merged);
      } else {
        const when = interception.over ? 'after it had returned' : 'twice';
        this.#reportError(errorOf(index, interception, `called next ${when}`));
      }
      // XState's types of an actor's machine do not compare.
      return made as unknown as Call;
    };
    try {
      const result: unknown = interceptor({ procedure, args, peer, options }, next);
      if (made !== undefined && result === made) return made;
      // An asynchronous one is a mistake, and may be rejected later.
      handled(result);
      const problem =
        made === undefined ? 'neither made the call nor threw' : 'did not return what next gave';
      throw errorOf(index, interception, problem);
    } catch (error) {
      if (made !== undefined) this.#reportError(mistakeOf(index, interception, error));
      else if (interception.threw(error)) throw error;
      else made = interception.refuse(options, error);
      return made;
    }
  }
}

function requireChanges(index: number, interception: Interception, changes: unknown): void {
  if (changes === undefined || (typeof changes === 'object' && changes !== null)) return;
  throw errorOf(index, interception, 'gave next something that is no object of options');
}

/** The call was made, so nobody else hears of the error. */
function mistakeOf(index: number, interception: Interception, error: unknown): MiddlewareError {
  if (error instanceof MiddlewareError) return error;
  const problem = `threw after the call was made: ${messageOf(error)}`;
  return errorOf(index, interception, problem, error);
}

function errorOf(
  index: number,
  { procedure }: Interception,
  problem: string,
  cause?: unknown,
): MiddlewareError {
  const options = cause === undefined ? undefined : { cause };
  return new MiddlewareError(`intercept[${index}]`, problem, procedure, options);
}
