import type { PrefixedMethods, Procedure } from '../api/handlers.js';

/**
 * Offers the methods of an object whose names begin with `prefix`, as the Python package does with
 * its prefix `rpc_`. Callers use the name without the prefix: `sayhi` for `rpc_sayhi`. Inherited
 * methods are included, except those of `Object`.
 *
 * @throws TypeError when the prefix is empty, because that would offer every method of the class.
 */
export function handlersOf<T extends object, Prefix extends string = 'rpc_'>(
  instance: T,
  prefix = 'rpc_' as Prefix,
): PrefixedMethods<T, Prefix> {
  if (prefix === '') throw new TypeError('handlersOf needs a prefix that is not empty');
  const methods = new Map<string, Procedure>();
  for (const name of methodNames(instance)) {
    if (!name.startsWith(prefix) || name === prefix) continue;
    const method = (instance as Record<string, unknown>)[name];
    if (typeof method !== 'function') continue;
    methods.set(name.slice(prefix.length), (method as Procedure).bind(instance));
  }
  return Object.fromEntries(methods) as PrefixedMethods<T, Prefix>;
}

function methodNames(instance: object): Set<string> {
  const names = new Set<string>();
  let level: object | null = instance;
  while (level !== null && level !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
    level = Object.getPrototypeOf(level) as object | null;
  }
  return names;
}
