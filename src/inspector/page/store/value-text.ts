/**
 * Value text: values as text for people. The text has bounded length, and making it never throws.
 */

const MAX_DEPTH = 12;

/**
 * A value on one line of at most `maxLength` characters. If it is longer, it is cut and ends in
 * `…`.
 */
export function valueText(value: unknown, maxLength = 200): string {
  const writer = new ValueText(maxLength, undefined);
  writer.write(value, 0);
  return writer.text();
}

/** A value on several lines, of at most `maxLength` characters together. */
export function valueLines(value: unknown, maxLength = 20_000): string {
  const writer = new ValueText(maxLength, '  ');
  writer.write(value, 0);
  return writer.text();
}

/** A value as JSON, whole. Records hold nothing that JSON cannot. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Arrays and objects up to this length stay on one line. */
const SHORT = 60;

class ValueText {
  readonly #maxLength: number;
  readonly #indent: string | undefined;
  #text = '';
  #cut = false;

  constructor(maxLength: number, indent: string | undefined) {
    this.#maxLength = maxLength;
    this.#indent = indent;
  }

  text(): string {
    return this.#cut ? `${this.#text}…` : this.#text;
  }

  write(value: unknown, depth: number): void {
    if (this.#cut) return;
    if (value === null || typeof value !== 'object') {
      this.#add(scalarText(value, this.#maxLength));
      return;
    }
    if (depth === MAX_DEPTH) {
      this.#add(Array.isArray(value) ? '[…]' : '{…}');
      return;
    }
    const entries = Array.isArray(value)
      ? value.map((item: unknown) => [undefined, item] as const)
      : Object.entries(value);
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const indent = this.#indentOf(value);
    this.#add(open ?? '');
    entries.forEach(([key, item], index) => {
      if (this.#cut) return;
      if (index > 0) this.#add(indent === undefined ? ', ' : ',');
      if (indent !== undefined) this.#add(`\n${indent.repeat(depth + 1)}`);
      if (key !== undefined) this.#add(`${scalarText(key, this.#maxLength)}: `);
      this.write(item, depth + 1);
    });
    if (indent !== undefined && entries.length > 0) this.#add(`\n${indent.repeat(depth)}`);
    this.#add(close ?? '');
  }

  #indentOf(value: object): string | undefined {
    if (this.#indent === undefined) return undefined;
    return valueText(value, SHORT).length <= SHORT ? undefined : this.#indent;
  }

  #add(text: string): void {
    if (this.#cut) return;
    const room = this.#maxLength - this.#text.length;
    this.#text += text.length <= room ? text : text.slice(0, room);
    this.#cut = text.length > room;
  }
}

function scalarText(value: unknown, maxLength: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, maxLength + 1));
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return String(value);
  return typeof value;
}
