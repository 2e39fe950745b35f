/**
 * Async context: what users keep in an `AsyncLocalStorage`. What they register runs in the context
 * that registered it. What an endpoint does on its own belongs to nobody: it runs in the context of
 * its timers and its socket, which are made outside, so that it keeps the context of no caller.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** The context in which this module was loaded, which is that of no request. */
const outside = new AsyncResource('rpcudp');

/** Runs `action` outside of the current context: what makes a timer or a socket. */
export function outOfContext<Args extends unknown[], Result>(
  action: (...args: Args) => Result,
  ...args: Args
): Result {
  return outside.runInAsyncScope(action, undefined, ...args);
}

/**
 * Gives a function that runs `callback` in the current context, whoever calls it. It costs some 50
 * ns a call, in a context or not; `AsyncResource.bind` would take a hundred times as long to bind.
 */
export function inThisContext<Args extends unknown[], Result>(
  callback: (...args: Args) => Result,
): (...args: Args) => Result {
  const context = new AsyncResource('rpcudp.callback');
  return (...args) => context.runInAsyncScope(callback, undefined, ...args);
}

/** A value that goes with the async context. From now on Node.js 20 follows each promise for it. */
export function contextValue<T>(): AsyncLocalStorage<T> {
  return new AsyncLocalStorage<T>();
}
