/** Interceptors: functions around the making of calls. */
import type { CallOptions } from './call-options.js';
import type { Call } from './call.js';

/** A call that is about to be made. */
export interface OutgoingCall {
  readonly procedure: string;
  /** The arguments as the caller gave them. They cannot be replaced. */
  readonly args: readonly unknown[];
  /** The address of the peer, or `name:port` while its host name is looked up. */
  readonly peer: string;
  /** The caller's options, as earlier interceptors changed them. Defaults are not among them. */
  readonly options: CallOptions;
}

/**
 * Makes the call, after the other interceptors, and gives it. `changes` replace options of the
 * call; `undefined` takes one away.
 *
 * @throws what `peer.call` throws for mistakes in the call. Let it pass: the caller gets it.
 */
export type MakeCall = (changes?: CallOptions) => Call;

/**
 * A function around the making of each call: `createEndpoint({ intercept: [tracing, tokens] })`.
 * The first in the list is the outermost. It is synchronous, because `peer.call` gives the call at
 * once, and returns the call that `next` gave, whose outcome it may await apart. It runs in the
 * context (`AsyncLocalStorage`) of the caller.
 *
 * What it throws before `next` refuses the call: the outcome is `unsent` with that error. A call
 * that an earlier process made, and that is restored, was intercepted then.
 *
 * ```ts
 * const timing: Interceptor = (call, next) => {
 *   const made = next();
 *   void made.then((outcome) => console.log(call.procedure, outcome.state));
 *   return made;
 * };
 * ```
 */
export type Interceptor = (call: OutgoingCall, next: MakeCall) => Call;
