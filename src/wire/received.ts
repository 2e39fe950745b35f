import type { ExtData } from '@msgpack/msgpack';

/**
 * What a value of type `T` is at the other side of the wire: nothing becomes null, a bigint comes back
 * as a number where that is exact, a Buffer as a plain Uint8Array, and a property that may be undefined
 * is left out. What cannot be sent (functions, symbols, Map, Set, …) is `never`.
 *
 * It describes a JavaScript peer. A Python peer may answer with more than a type here can say.
 */
export type Received<T> = unknown extends T
  ? unknown
  : T extends null
    ? null
    : undefined extends T // undefined, or void
      ? null
      : T extends bigint
        ? number | bigint
        : T extends string | number | boolean
          ? T
          : T extends Uint8Array
            ? Uint8Array
            : T extends Date
              ? Date
              : T extends ExtData
                ? ExtData
                : T extends Unsendable
                  ? never
                  : T extends readonly unknown[]
                    ? { -readonly [K in keyof T]: Received<T[K]> }
                    : ReceivedObject<T>;

/** Values the encoder refuses that a type can tell apart from a plain object. */
type Unsendable =
  | symbol
  | ((...args: never[]) => unknown)
  | (abstract new (...args: never[]) => unknown)
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | WeakMap<object, unknown>
  | WeakSet<object>
  | PromiseLike<unknown>
  | RegExp
  | Error
  | URL
  | ArrayBufferLike
  | ArrayBufferView;

/** A property that may be undefined may be missing at the other side. */
type ReceivedObject<T> = Flat<
  {
    -readonly [
      K in keyof T as K extends symbol ? never : MayBeLeftOut<T[K]> extends true ? never : K
    ]: Received<T[K]>;
  } & {
    -readonly [
      K in keyof T as K extends symbol ? never : MayBeLeftOut<T[K]> extends true ? K : never
    ]?: Received<Exclude<T[K], undefined>>;
  }
>;

type MayBeLeftOut<V> = unknown extends V ? false : undefined extends V ? true : false;

/** One object type in place of an intersection, for readable hovers. */
type Flat<T> = { [K in keyof T]: T[K] };
