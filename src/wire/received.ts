import type { ExtData } from '@msgpack/msgpack';

/**
 * The type of a value of type `T` after it was sent: undefined becomes null, a bigint becomes a
 * number where that is exact, a Buffer becomes a plain Uint8Array, and a property that may be
 * undefined becomes optional. A value that cannot be sent (function, symbol, Map, Set, …) becomes
 * `never`.
 *
 * What arrives as it is keeps its type, so that a recursive type such as JSON stays itself. Brands
 * (properties under symbols that exist only as types) are kept as well.
 *
 * It describes a JavaScript peer. A Python peer may answer with values that this type does not
 * cover.
 */
export type Received<T> = unknown extends T ? unknown : [T] extends [AsItIs] ? T : ReceivedPart<T>;

/** A value that arrives as it is, with all that is in it. */
type AsItIs = string | number | boolean | null | AsItIs[] | { [key: string]: AsItIs };

/** Distributes over the members of a union. */
type ReceivedPart<T> = T extends AsItIs
  ? T
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

/** Values that the encoder refuses, and that a type can distinguish from a plain object. */
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

/** A property that may be undefined may be missing at the receiver. */
type ReceivedObject<T> = Flat<
  {
    -readonly [
      K in keyof T as K extends symbol ? never : MayBeLeftOut<T[K]> extends true ? never : K
    ]: Received<T[K]>;
  } & {
    -readonly [
      K in keyof T as K extends symbol ? never : MayBeLeftOut<T[K]> extends true ? K : never
    ]?: Received<Exclude<T[K], undefined>>;
  } & { readonly [K in keyof T as K extends symbol ? K : never]: T[K] }
>;

type MayBeLeftOut<V> = unknown extends V ? false : undefined extends V ? true : false;

/** Makes one object type from an intersection, so that editors show it readably. */
type Flat<T> = { [K in keyof T]: T[K] };
