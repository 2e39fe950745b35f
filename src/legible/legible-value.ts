/** Legible value: makes readable plain data from a value, for inspectors. */
import { MASKED } from './mask.js';
import type { MaskTest } from './mask.js';

/**
 * A value beyond these limits is cut, and the cut is shown. Inspected values may be large, and they
 * are copied for each step.
 */
const MAX_DEPTH = 40;
const MAX_ITEMS = 256;
const MAX_TEXT_LENGTH = 4_096;
const MAX_BYTES = 1_500;

/** The properties of an error that are shown beside its name and message. */
const ERROR_PROPERTIES = ['code', 'data', 'path', 'address', 'executed', 'verdict', 'cause'];

/** The mask, and the procedure that the value belongs to. */
export interface Legibility {
  readonly isMasked: MaskTest;
  readonly procedure: string | undefined;
}

/**
 * A readable copy of the value that JSON can represent:
 *
 * - bytes become text such as `3 bytes: 00 ff 10`;
 * - a bigint becomes text with an `n`; NaN and the infinities become text;
 * - a Date becomes ISO text; an error its name, message and some properties; a Map its entries;
 * - a function or an actor becomes its name; a circular reference becomes `(circular)`;
 * - a masked value becomes `(masked)`.
 */
export function legibleValue(value: unknown, path: readonly string[], how: Legibility): unknown {
  return new Legible(how).show(value, path);
}

class Legible {
  readonly #how: Legibility;
  readonly #containers: object[] = [];

  constructor(how: Legibility) {
    this.#how = how;
  }

  show(value: unknown, path: readonly string[]): unknown {
    const { isMasked, procedure } = this.#how;
    if (isMasked({ procedure, path })) return MASKED;
    switch (typeof value) {
      case 'string':
        return shortened(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'bigint':
        return `${value}n`;
      case 'symbol':
        return value.toString();
      case 'function':
        return `function ${value.name}`;
      case 'object':
        return value === null ? null : this.#showOnce(value, path);
      default:
        return value;
    }
  }

  #showOnce(object: object, path: readonly string[]): unknown {
    if (this.#containers.includes(object)) return '(circular)';
    if (this.#containers.length === MAX_DEPTH) return '(nested deeper)';
    this.#containers.push(object);
    try {
      return this.#showObject(object, path);
    } catch {
      return '(reading it threw)';
    } finally {
      this.#containers.pop();
    }
  }

  #showObject(object: object, path: readonly string[]): unknown {
    if (object instanceof Uint8Array) return legibleBytes(object);
    if (object instanceof Date) {
      return Number.isNaN(object.getTime()) ? 'Invalid Date' : object.toISOString();
    }
    if (object instanceof Error) return this.#showError(object, path);
    if (object instanceof Map) return { map: this.#showMap(object, [...path, 'map']) };
    if (object instanceof Set) return { set: this.#showItems([...object], [...path, 'set']) };
    if (Array.isArray(object)) return this.#showItems(object, path);
    if (isActor(object)) return `actor ${object.id}`;
    return this.#showEntries(Object.entries(object), path);
  }

  #showItems(items: readonly unknown[], path: readonly string[]): unknown[] {
    const shown = items
      .slice(0, MAX_ITEMS)
      .map((item, index) => this.show(item, [...path, String(index)]));
    if (items.length > MAX_ITEMS) shown.push(`(${items.length - MAX_ITEMS} more)`);
    return shown;
  }

  /** The entries of a map. The path of each value ends in its key. */
  #showMap(map: ReadonlyMap<unknown, unknown>, path: readonly string[]): unknown[] {
    const shown: unknown[] = [...map]
      .slice(0, MAX_ITEMS)
      .map(([key, item]) => [this.show(key, path), this.show(item, [...path, String(key)])]);
    if (map.size > MAX_ITEMS) shown.push(`(${map.size - MAX_ITEMS} more)`);
    return shown;
  }

  #showEntries(entries: readonly (readonly [string, unknown])[], path: readonly string[]): object {
    const shown = entries
      .slice(0, MAX_ITEMS)
      .map(([key, item]) => [key, this.show(item, [...path, key])] as const);
    const left = entries.length - shown.length;
    return Object.fromEntries(left > 0 ? [...shown, ['…', `(${left} more)`]] : shown);
  }

  #showError(error: Error, path: readonly string[]): object {
    const known = error as unknown as Readonly<Record<string, unknown>>;
    const entries = ['name', 'message', ...ERROR_PROPERTIES]
      .filter((key) => known[key] !== undefined)
      .map((key) => [key, known[key]] as const);
    return this.#showEntries(entries, path);
  }
}

function shortened(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  return `${text.slice(0, MAX_TEXT_LENGTH)}… (${text.length - MAX_TEXT_LENGTH} characters more)`;
}

export function legibleBytes(bytes: Uint8Array): string {
  const { length } = bytes;
  const unit = length === 1 ? 'byte' : 'bytes';
  if (length === 0) return `0 ${unit}`;
  const shown = [...bytes.subarray(0, MAX_BYTES)].map((byte) => byte.toString(16).padStart(2, '0'));
  const more = length > MAX_BYTES ? ` … (${length - MAX_BYTES} more)` : '';
  return `${length} ${unit}: ${shown.join(' ')}${more}`;
}

function isActor(object: object): object is { readonly id: string } {
  return 'getSnapshot' in object && 'id' in object && typeof object.id === 'string';
}
