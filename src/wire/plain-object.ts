/**
 * Whether a value is a plain object, of this realm or another: not an array, and not of a class.
 * Objects of classes, such as the `Headers` of fetch, keep what they have elsewhere.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
