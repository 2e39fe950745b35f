/**
 * Interceptors: runs the functions of `intercept` around the making of each call, the first one
 * outermost. They are synchronous, because a call exists as soon as it is made. A call that one of
 * them refuses exists as well: it is `unsent`. So an outer one always gets a call from `next`,
 * unless the call is a mistake of its caller, who gets what is thrown.
 */
import type { CallOptions } from '../api/call-options.js';
import type { Call } from '../api/call.js';
import type { Interceptor, OutgoingCall } from '../api/interceptor.js';
import { MiddlewareError } from '../api/middleware-error.js';
import { messageOf } from '../errors.js';
import { handled } from '../time/promise-like.js';
import type { CallActor } from './call.js';

/** A call that is about to be made, and how that is done. */
export interface Interception extends Omit<OutgoingCall, 'options'> {
  /** Makes the call. Throws for mistakes in it. */
  make(options: CallOptions): CallActor;
  /** Makes a call that is `unsent`, with this error. */
  refuse(options: CallOptions, error: unknown): CallActor;
}

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
  run(interception: Interception, options: CallOptions = NO_OPTIONS): CallActor {
    const passage = new Passage(interception);
    try {
      return this.#enter(0, passage, options);
    } finally {
      passage.over = true;
    }
  }

  #enter(index: number, passage: Passage, options: CallOptions): CallActor {
    const interceptor = this.#list[index];
    if (interceptor === undefined) return passage.make(options);
    const { procedure, args, peer } = passage.interception;
    let made: CallActor | undefined;
    const next = (changes?: CallOptions): Call => {
      if (made === undefined) {
        if (passage.over) throw errorOf(index, passage, 'called next after it had returned');
        requireChanges(index, passage, changes);
        const merged = changes === undefined ? options : { ...options, ...changes };
        made = this.#enter(index + 1, passage, merged);
      } else {
        const when = passage.over ? 'after it had returned' : 'twice';
        this.#reportError(errorOf(index, passage, `called next ${when}`));
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
      throw errorOf(index, passage, problem);
    } catch (error) {
      if (made !== undefined) this.#reportError(mistakeOf(index, passage, error));
      else if (passage.threw(error)) throw error;
      else made = passage.interception.refuse(options, error);
      return made;
    }
  }
}

/** One call on its way through the interceptors. */
class Passage {
  readonly interception: Interception;
  /** Whether the caller has got its call. */
  over = false;
  #thrown: { readonly error: unknown } | undefined;

  constructor(interception: Interception) {
    this.interception = interception;
  }

  make(options: CallOptions): CallActor {
    try {
      return this.interception.make(options);
    } catch (error) {
      this.#thrown = { error };
      throw error;
    }
  }

  /** Whether this error is that of a mistake in the call. */
  threw(error: unknown): boolean {
    return this.#thrown !== undefined && this.#thrown.error === error;
  }
}

function requireChanges(index: number, passage: Passage, changes: unknown): void {
  if (changes === undefined || (typeof changes === 'object' && changes !== null)) return;
  throw errorOf(index, passage, 'gave next something that is no object of options');
}

/** The call was made, so nobody else hears of the error. */
function mistakeOf(index: number, passage: Passage, error: unknown): MiddlewareError {
  if (error instanceof MiddlewareError) return error;
  const problem = `threw after the call was made: ${messageOf(error)}`;
  return errorOf(index, passage, problem, error);
}

function errorOf(
  index: number,
  { interception }: Passage,
  problem: string,
  cause?: unknown,
): MiddlewareError {
  const options = cause === undefined ? undefined : { cause };
  return new MiddlewareError(`intercept[${index}]`, problem, interception.procedure, options);
}
