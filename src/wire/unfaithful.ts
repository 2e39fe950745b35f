/** Unfaithful: the fault of a value that cannot be sent without loss, and its place. */
import { UnencodableError } from '../errors.js';
import { escapeText } from '../escape.js';

type Key = string | number;

/** A key that can be shown after a dot. Other keys are shown in brackets. */
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const MAX_KEY_LENGTH = 64;

/** What to send instead of an object that msgpack cannot represent. */
const HINTS: Readonly<Record<string, string | undefined>> = {
  Map: 'send an array of entries, or a plain object',
  Set: 'send an array',
  Error: 'send its code and message',
  RegExp: 'send its source and flags',
  Promise: 'await it first',
  URL: 'send its href',
  ArrayBuffer: 'send a Uint8Array over it',
  SharedArrayBuffer: 'send a copy as a Uint8Array',
  DataView: 'send a Uint8Array over its buffer',
  Number: 'send the primitive number',
  String: 'send the primitive string',
  Boolean: 'send the primitive boolean',
  BigInt: 'send the primitive bigint',
  Symbol: 'send its description',
};

/**
 * Thrown while a value is copied for the encoder. It collects the path to the fault while it passes
 * through the surrounding arrays and objects, so that paths cost nothing for a sound value.
 */
export class Unfaithful extends Error {
  readonly #isTooDeep: boolean;
  #problem: string;
  /** The arrays and objects around the fault, and the keys in them. The innermost comes first. */
  #containers: object[] = [];
  #keys: Key[] = [];

  constructor(problem: string, options?: ErrorOptions, isTooDeep = false) {
    super(problem, options);
    this.#problem = problem;
    this.#isTooDeep = isTooDeep;
  }

  /** The fault of an object that is not plain and whose class msgpack cannot represent. */
  static ofKind(value: object): Unfaithful {
    const names = classNames(value);
    const hint =
      ArrayBuffer.isView(value) && !names.includes('DataView')
        ? 'send a plain array of its numbers, or a Uint8Array over its buffer'
        : (names.map((name) => HINTS[name]).find((text) => text !== undefined) ??
          'send a plain object');
    const kind = names[0] ?? 'object without a class';
    const article = /^[AEIOU]/i.test(kind) ? 'an' : 'a';
    return new Unfaithful(`${article} ${kind} cannot be encoded without loss; ${hint}`);
  }

  static tooDeep(maxDepth: number): Unfaithful {
    return new Unfaithful(`arrays and objects nest deeper than ${maxDepth} here`, {}, true);
  }

  /** The error to throw from `container`, after reading or copying its `key` threw `error`. */
  static within(container: object, key: Key, error: unknown): unknown {
    if (error instanceof OverBudget) return error;
    const fault = error instanceof Unfaithful ? error : Unfaithful.ofForeign(error);
    fault.#enclose(container, key);
    return fault;
  }

  /**
   * The error for the user of the package. `name` is the name of the value, such as `result`, or an
   * array with the names of the value's items.
   */
  toUnencodableError(name: string | readonly string[]): UnencodableError {
    const keys = this.#keys;
    const root = typeof name === 'string' ? name : (name[Number(keys.pop())] ?? '');
    const path = keys.reduceRight<string>((parent, key) => parent + formatKey(key), root);
    return new UnencodableError(
      path,
      this.#problem,
      this.cause === undefined ? undefined : { cause: this.cause },
    );
  }

  /** The fault of a value whose getter, or Proxy trap, threw. */
  static ofForeign(cause: unknown): Unfaithful {
    return new Unfaithful('reading it threw', { cause });
  }

  #enclose(container: object, key: Key): void {
    // A container that is met twice on the way out is part of a cycle. The path keeps one turn of
    // it.
    const seenAt = this.#isTooDeep ? this.#containers.indexOf(container) : -1;
    this.#containers.push(container);
    this.#keys.push(key);
    if (seenAt === -1) return;
    this.#containers = this.#containers.slice(seenAt + 1);
    this.#keys = this.#keys.slice(seenAt + 1);
    this.#problem = 'it refers to an object that contains it, and a cycle cannot be encoded';
  }
}

/** The names of the value's classes, without Object. The nearest comes first. */
function classNames(value: object): string[] {
  const names: string[] = [];
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype) {
    const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof made === 'function' && made.name !== '') names.push(made.name);
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}

function formatKey(key: Key): string {
  if (typeof key === 'number') return `[${key}]`;
  if (IDENTIFIER.test(key)) return `.${key.slice(0, MAX_KEY_LENGTH)}`;
  return `[${escapeText(key.slice(0, MAX_KEY_LENGTH))}]`;
}

/** Thrown while a value is copied, if it takes more bytes than a datagram can hold. */
export class OverBudget extends Error {}
