/**
 * Copies: one program may hold several copies of this package: of several versions, or one of them
 * bundled. Each has classes of its own. So what one copy makes is marked in a way that all copies
 * know, and they recognise it by that.
 */
import { VERSION } from './version.js';

type AnyClass = abstract new (...args: never[]) => object;

/** The key under which what a copy makes has the version of that copy. */
const MADE_BY = Symbol.for('rpcudp.version');

/**
 * Lets `instanceof` recognise what the class of the same name in another copy made. For classes of
 * which others need no more than the public members. Classes that extend it are told apart as ever.
 */
export function shareAmongCopies(name: string, owner: AnyClass): void {
  const mark = Symbol.for(`rpcudp.${name}`);
  Object.defineProperty(owner.prototype, mark, { value: true });
  Object.defineProperty(owner.prototype, MADE_BY, { value: VERSION });
  const isInstance = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(owner, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return this === owner ? hasMark(value, mark) : isInstance.call(this as AnyClass, value);
    },
  });
}

function hasMark(value: unknown, mark: symbol): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // Read, because `in` takes twice as long where many classes are asked, as a recorder does.
  return (value as Readonly<Record<symbol, unknown>>)[mark] === true;
}

/** Why this copy cannot use the insides of `value`; undefined if its own version made it. */
export function otherVersionOf(value: object): string | undefined {
  const version = (value as { readonly [MADE_BY]?: string })[MADE_BY];
  if (version === undefined || version === VERSION) return undefined;
  return (
    `was made by another copy of rpcudp, version ${version}; this one is ${VERSION} ` +
    '(`npm ls rpcudp` shows both)'
  );
}
