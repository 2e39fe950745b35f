/**
 * JSON: how the command reads and writes JSON, without loss of digits.
 *
 * JSON.parse rounds integers beyond 2^53, and Node.js 20 does not give a reviver the source text.
 * So JSON.parse checks the grammar, and a short reader builds the value from the tokens of the
 * accepted text.
 */
import { ExtData } from '@msgpack/msgpack';
import { MAX_DEPTH } from '../wire/skim.js';
import { ArgumentError } from './argument-error.js';
import { formatDate } from './date-text.js';
import { fromPrefixed, toPrefixedText } from './prefixed-text.js';

/** The tokens of valid JSON that are needed. Commas, colons and white space add no information. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[^\s,:[\]{}"]+|[[\]{}]/g;
const INTEGER = /^-?\d+$/;

const MAX_LINE_LENGTH = 80;
const INDENT = '  ';

/** Characters that are allowed in a JSON string, but that a terminal must not get. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Parses a JSON text that `isJson` accepts. An integer beyond 2^53 becomes a bigint. Strings are
 * read as prefixed text, but the keys of objects are not.
 *
 * @throws ArgumentError for a number that is too large for a double, arrays and objects that nest
 * deeper than a datagram allows, and prefixed text that does not match its prefix.
 */
export function parseJson(text: string): unknown {
  return new TokenReader(text.match(TOKENS) ?? []).read(0);
}

class TokenReader {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  read(depth: number): unknown {
    const token = this.#take();
    if (token === '[' || token === '{') {
      if (depth >= MAX_DEPTH) {
        throw new ArgumentError(`arrays and objects nest deeper than ${MAX_DEPTH}`);
      }
      return token === '[' ? this.#readArray(depth + 1) : this.#readObject(depth + 1);
    }
    const value: unknown = JSON.parse(token);
    if (typeof value === 'string') return fromPrefixed(value);
    return typeof value === 'number' ? exactNumber(token, value) : value;
  }

  #readArray(depth: number): unknown[] {
    const items: unknown[] = [];
    while (this.#tokens[this.#next] !== ']') items.push(this.read(depth));
    this.#next += 1;
    return items;
  }

  #readObject(depth: number): object {
    const entries: [string, unknown][] = [];
    while (this.#tokens[this.#next] !== '}') {
      entries.push([JSON.parse(this.#take()) as string, this.read(depth)]);
    }
    this.#next += 1;
    // Unlike assignment, this makes `__proto__` an ordinary property.
    return Object.fromEntries(entries);
  }

  #take(): string {
    const token = this.#tokens[this.#next] ?? 'null';
    this.#next += 1;
    return token;
  }
}

function exactNumber(token: string, value: number): number | bigint {
  if (INTEGER.test(token)) return Number.isSafeInteger(value) ? value : BigInt(token);
  if (Number.isFinite(value)) return value;
  throw new ArgumentError(`${token} is beyond the largest number, ${Number.MAX_VALUE}`);
}

/**
 * A value as JSON. Values that JSON cannot represent become:
 *
 * - a bigint: an integer with all its digits;
 * - bytes: a string `hex:…`; a string that begins with such a prefix: `text:…`;
 * - a Date: a string in ISO 8601, with nine decimals if it is finer than a millisecond;
 * - a Map: an array of its entries; ExtData: an object with `type` and `data`;
 * - NaN and the infinities: a string with their name.
 *
 * `parseJson` restores the values of the first two lines; a bigint that is a safe integer as a
 * number. A value that fits into 80 columns is written on one line.
 */
export function formatJson(value: unknown): string {
  return format(value, '', READABLE);
}

/** As `formatJson`, but `parseJson` restores dates and all bigints as well. */
export function formatArgument(value: unknown): string {
  return format(value, '', RESTORABLE);
}

/** How values are written that `parseJson` takes for others unless they have a prefix. */
interface Forms {
  readonly date: (date: Date) => string;
  readonly bigint: (bigint: bigint) => string;
}

const READABLE: Forms = { date: (date) => quote(formatDate(date)), bigint: String };

const RESTORABLE: Forms = {
  date: (date) => quote(`date:${formatDate(date)}`),
  bigint: (bigint) =>
    Number.isSafeInteger(Number(bigint)) ? quote(`bigint:${bigint}`) : String(bigint),
};

function format(value: unknown, indent: string, forms: Forms): string {
  switch (typeof value) {
    case 'string':
      return quote(toPrefixedText(value));
    case 'number':
      return formatNumber(value);
    case 'bigint':
      return forms.bigint(value);
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? 'null' : formatObject(value, indent, forms);
    default:
      return 'null';
  }
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return quote(String(value));
  if (Object.is(value, -0)) return '-0';
  // With an exponent it is read as a float again. With digits only it would be read as a bigint.
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? value.toExponential()
    : String(value);
}

function formatObject(value: object, indent: string, forms: Forms): string {
  if (value instanceof Uint8Array) return quote(toPrefixedText(value));
  if (value instanceof Date) return forms.date(value);
  if (value instanceof Map) return format([...(value as Map<unknown, unknown>)], indent, forms);
  if (value instanceof ExtData)
    return format({ type: value.type, data: value.data }, indent, forms);
  const inner = indent + INDENT;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => format(item, inner, forms));
    return enclose('[', items, ']', indent);
  }
  const entries = Object.entries<unknown>(value as Record<string, unknown>)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${quote(key)}: ${format(item, inner, forms)}`);
  return enclose('{', entries, '}', indent);
}

function enclose(open: string, items: readonly string[], close: string, indent: string): string {
  if (items.length === 0) return open + close;
  const space = open === '{' ? ' ' : '';
  const line = open + space + items.join(', ') + space + close;
  if (indent.length + line.length <= MAX_LINE_LENGTH && !line.includes('\n')) return line;
  const inner = indent + INDENT;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}

function quote(text: string): string {
  return JSON.stringify(text).replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character, index)).join(''),
  );
}

function escapeUnit(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
}
