/** Legible value: makes readable plain data from a value, for inspectors. */
import { MASKED } from './mask.js';
import type { MaskTest } from './mask.js';
import { isWords, mayRepeat, OPEN } from './transaction.js';
import type { Transaction } from './transaction.js';
import { keyBesideTyped, typedText } from './typed-text.js';
import type { TextType } from './typed-text.js';

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

/** The mask, and the call or the request that the value belongs to. */
export interface Legibility {
  readonly isMasked: MaskTest;
  readonly procedure: string | undefined;
  readonly transaction: Transaction;
  /** Whether bytes, bigints, dates, NaN and the infinities become typed text, not strings. */
  readonly typed?: boolean;
}

/**
 * A readable copy of the value that JSON can represent:
 *
 * - bytes become text such as `3 bytes: 00 ff 10`;
 * - a bigint becomes text with an `n`; NaN and the infinities become text;
 * - a Date becomes ISO text; an error its name, message and some properties; a Map its entries;
 * - a function or an actor becomes its name; a circular reference becomes `(circular)`;
 * - a masked value becomes `(masked)`; so do the words of an error if they may repeat one.
 */
export function legibleValue(value: unknown, path: readonly string[], how: Legibility): unknown {
  return new Legible(how).show(value, path);
}

/** The same for a part of a whole, whose mask covers the part, such as the value of an outcome. */
export function legiblePart(value: unknown, path: readonly string[], how: Legibility): unknown {
  const { isMasked, procedure } = how;
  const isWholeMasked = path
    .slice(0, -1)
    .some((_, index) => isMasked({ procedure, path: path.slice(0, index + 1) }));
  return isWholeMasked ? MASKED : legibleValue(value, path, how);
}

/** Whether a part of the value is masked, or is not looked at, so that it may be. */
export function holdsMasked(
  value: unknown,
  path: readonly string[],
  { isMasked, procedure }: Omit<Legibility, 'transaction'>,
): boolean {
  const legible = new Legible({ isMasked, procedure, transaction: OPEN });
  legible.show(value, path);
  return legible.leftOut;
}

class Legible {
  /** Whether a part was masked or left out. Text and bytes that are cut have no parts. */
  leftOut = false;
  readonly #how: Legibility;
  readonly #containers: object[] = [];

  constructor(how: Legibility) {
    this.#how = how;
  }

  show(value: unknown, path: readonly string[]): unknown {
    const { isMasked, procedure } = this.#how;
    if (isMasked({ procedure, path }) || this.#mustHush(value, path)) return this.#leaveOut(MASKED);
    switch (typeof value) {
      case 'string':
        return shortened(value);
      case 'number':
        return Number.isFinite(value) ? value : this.#text('number', String(value));
      case 'bigint':
        return this.#text('bigint', `${value}n`);
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

  #text(type: TextType, text: string): unknown {
    return this.#how.typed === true ? typedText(type, text) : text;
  }

  #leaveOut(instead: string): string {
    this.leftOut = true;
    return instead;
  }

  /** Whether the value is words that may repeat a masked one, without a name and a code to show. */
  #mustHush(value: unknown, path: readonly string[]): boolean {
    if (!isWords(path) || value === undefined) return false;
    try {
      return !(value instanceof Error) && this.#mayRepeat(value);
    } catch {
      return true;
    }
  }

  #mayRepeat(words: unknown): boolean {
    const { code } = (words ?? {}) as { readonly code?: unknown };
    return mayRepeat(code, this.#how.transaction);
  }

  #showOnce(object: object, path: readonly string[]): unknown {
    if (this.#containers.includes(object)) return '(circular)';
    if (this.#containers.length === MAX_DEPTH) return this.#leaveOut('(nested deeper)');
    this.#containers.push(object);
    try {
      return this.#showObject(object, path);
    } catch {
      return this.#leaveOut('(reading it threw)');
    } finally {
      this.#containers.pop();
    }
  }

  #showObject(object: object, path: readonly string[]): unknown {
    if (object instanceof Uint8Array) return this.#text('bytes', legibleBytes(object));
    if (object instanceof Date) {
      const isValid = !Number.isNaN(object.getTime());
      return this.#text('date', isValid ? object.toISOString() : 'Invalid Date');
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
    if (items.length > MAX_ITEMS) shown.push(this.#leaveOut(`(${items.length - MAX_ITEMS} more)`));
    return shown;
  }

  /** The entries of a map. The path of each value ends in its key. */
  #showMap(map: ReadonlyMap<unknown, unknown>, path: readonly string[]): unknown[] {
    const shown: unknown[] = [...map]
      .slice(0, MAX_ITEMS)
      .map(([key, item]) => [this.show(key, path), this.show(item, [...path, String(key)])]);
    if (map.size > MAX_ITEMS) shown.push(this.#leaveOut(`(${map.size - MAX_ITEMS} more)`));
    return shown;
  }

  #showEntries(entries: readonly (readonly [string, unknown])[], path: readonly string[]): object {
    const shown = entries
      .slice(0, MAX_ITEMS)
      .map(([key, item]) => [this.#key(key), this.show(item, [...path, key])] as const);
    const left = entries.length - shown.length;
    return Object.fromEntries(
      left > 0 ? [...shown, ['…', this.#leaveOut(`(${left} more)`)]] : shown,
    );
  }

  #key(key: string): string {
    return this.#how.typed === true ? keyBesideTyped(key) : key;
  }

  #showError(error: Error, path: readonly string[]): object {
    const known = error as unknown as Readonly<Record<string, unknown>>;
    const isHushed = this.#mayRepeat(error);
    const entries = (isHushed ? ['name', 'code'] : ['name', 'message', ...ERROR_PROPERTIES])
      .filter((key) => known[key] !== undefined)
      .map((key) => [key, known[key]] as const);
    const shown = this.#showEntries(entries, path);
    return isHushed ? { ...shown, message: this.#leaveOut(MASKED) } : shown;
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
