/**
 * Value text: values as text for people. The text has bounded length, and making it never throws.
 */
import { escapeText } from '../../../escape.js';
import { keyOfUser, textIfTyped } from '../../../legible/typed-text.js';

const MAX_DEPTH = 12;

/**
 * A value on one line of at most `maxLength` characters. If it is longer, it is cut and ends in
 * `…`.
 */
export function valueText(value: unknown, maxLength = 200): string {
  return textOf(new ValueWriter(maxLength, undefined).run(value));
}

/**
 * `string` and `key`: in quotes, with escapes for what would control the display. `typed`: a bigint,
 * bytes, a date, NaN or an infinity. `plain`: everything else.
 */
export interface ValuePiece {
  readonly kind: 'string' | 'key' | 'typed' | 'plain';
  readonly text: string;
}

/** The pieces of a value on several lines, of at most `maxLength` characters together. */
export function valuePieces(value: unknown, maxLength = 20_000): readonly ValuePiece[] {
  return new ValueWriter(maxLength, '  ').run(value);
}

function textOf(pieces: readonly ValuePiece[]): string {
  return pieces.map(({ text }) => text).join('');
}

/** A value as JSON, whole. Records hold nothing that JSON cannot. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Arrays and objects up to this length stay on one line. */
const SHORT = 60;

class ValueWriter {
  readonly #maxLength: number;
  readonly #indent: string | undefined;
  readonly #pieces: { kind: ValuePiece['kind']; text: string }[] = [];
  #length = 0;
  #cut = false;

  constructor(maxLength: number, indent: string | undefined) {
    this.#maxLength = maxLength;
    this.#indent = indent;
  }

  run(value: unknown): readonly ValuePiece[] {
    this.#write(value, 0);
    if (this.#cut) this.#pieces.push({ kind: 'plain', text: '…' });
    return this.#pieces;
  }

  #write(value: unknown, depth: number): void {
    if (this.#cut) return;
    if (value === null || typeof value !== 'object') {
      this.#addScalar(value);
      return;
    }
    const typed = textIfTyped(value);
    if (typed !== undefined) this.#add(this.#quoted(typed).slice(1, -1), 'typed');
    else if (depth === MAX_DEPTH) this.#add(Array.isArray(value) ? '[…]' : '{…}');
    else this.#writeItems(value, depth);
  }

  #writeItems(value: object, depth: number): void {
    const entries = Array.isArray(value)
      ? value.map((item: unknown) => [undefined, item] as const)
      : Object.entries(value);
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    const indent = this.#indentOf(value);
    this.#add(open);
    for (const [index, [key, item]] of entries.entries()) {
      if (this.#cut) return;
      if (index > 0) this.#add(indent === undefined ? ', ' : ',');
      if (indent !== undefined) this.#add(`\n${indent.repeat(depth + 1)}`);
      if (key !== undefined) {
        this.#add(this.#quoted(keyOfUser(key)), 'key');
        this.#add(': ');
      }
      this.#write(item, depth + 1);
    }
    if (indent !== undefined && entries.length > 0) this.#add(`\n${indent.repeat(depth)}`);
    this.#add(close);
  }

  #indentOf(value: object): string | undefined {
    if (this.#indent === undefined) return undefined;
    return valueText(value, SHORT).length <= SHORT ? undefined : this.#indent;
  }

  #addScalar(value: unknown): void {
    if (typeof value === 'string') this.#add(this.#quoted(value), 'string');
    else this.#add(isShownAsItIs(value) ? String(value) : typeof value);
  }

  /** What is longer than the whole text may be is not escaped first. */
  #quoted(text: string): string {
    return escapeText(text.slice(0, this.#maxLength + 1));
  }

  #add(text: string, kind: ValuePiece['kind'] = 'plain'): void {
    if (this.#cut) return;
    const room = this.#maxLength - this.#length;
    const shown = text.length <= room ? text : text.slice(0, room);
    this.#length += shown.length;
    this.#cut = text.length > room;
    const last = this.#pieces.at(-1);
    if (kind === 'plain' && last?.kind === 'plain') last.text += shown;
    else this.#pieces.push({ kind, text: shown });
  }
}

function isShownAsItIs(value: unknown): value is number | boolean | null {
  return typeof value === 'number' || typeof value === 'boolean' || value === null;
}
