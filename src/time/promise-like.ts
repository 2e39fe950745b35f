/** Promise-like: what a function of a user gives when its result comes later. */

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** A promise that is rejected, which nobody has to handle. */
export function rejected(reason: unknown): Promise<never> {
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a signal may abort with anything
  const promise = Promise.reject(reason);
  handled(promise);
  return promise;
}

/**
 * If a promise is rejected that nobody waits for, the process does not end. Other thenables are
 * left alone: some begin their work when `then` is called.
 */
export function handled(value: unknown): void {
  if (value instanceof Promise) value.catch(ignore);
}

function ignore(): void {
  // Who waits for the promise hears of it.
}
