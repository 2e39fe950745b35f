/** Signature: a procedure on one line, as its JSON Schemas have it: `greet(string, number?)`. */
import type { JsonSchema, ProcedureDescription } from '../description/description.js';
import { shorten } from '../escape.js';
import { printable, printableName } from '../legible/printable.js';

/** Types that nest deeper are written as `…`, and so are more alternatives and keys. */
const MAX_DEPTH = 3;
const MAX_SHOWN = 6;
/** The most characters of the arguments, and of the result. */
const MAX_LENGTH = 200;
const MAX_VALUE_LENGTH = 24;
const TITLE = /^\w{1,32}$/;

/** All of it may be a stranger's. It is on one line, and cannot control the terminal. */
export function signatureOf({ name, args, result }: ProcedureDescription): string {
  const parameters = args === undefined ? '…' : parametersOf(args);
  const returns = result === undefined ? '' : ` → ${shown(typeOf(result, 0))}`;
  return `${printableName(name)}(${shown(parameters)})${returns}`;
}

function shown(text: string): string {
  return printable(shorten(text, MAX_LENGTH));
}

function parametersOf(args: JsonSchema): string {
  if (typeof args === 'boolean') return '…';
  const { prefixItems, items, minItems } = args;
  const first = listOf(prefixItems);
  const needed = typeof minItems === 'number' ? minItems : 0;
  const parameters = first
    .slice(0, MAX_SHOWN)
    .map((item, index) => parameterOf(item, index < needed ? '' : '?'));
  if (first.length > MAX_SHOWN) parameters.push('…');
  else if (items !== undefined && items !== false) parameters.push(`...${elementsOf(items, 0)}`);
  return parameters.length > 0 || items === false ? parameters.join(', ') : '…';
}

/** With its name, if its schema has a title that is one plain word. */
function parameterOf(item: unknown, optional: '?' | ''): string {
  const type = typeOf(item, 0);
  const { title } = typeof item === 'object' && item !== null ? keywords(item) : {};
  const isName = typeof title === 'string' && TITLE.test(title);
  return isName ? `${title}${optional}: ${type}` : `${type}${optional}`;
}

function typeOf(schema: unknown, depth: number): string {
  if (schema === false) return 'never';
  if (typeof schema !== 'object' || schema === null) return 'any';
  if (depth > MAX_DEPTH) return '…';
  const { type, const: only, enum: choices, anyOf, oneOf, items, properties } = keywords(schema);
  if (only !== undefined) return valueOf(only);
  if (Array.isArray(choices)) return either(choices, valueOf);
  const alternatives = [...listOf(anyOf), ...listOf(oneOf)];
  if (alternatives.length > 0) return either(alternatives, (one) => typeOf(one, depth + 1));
  if (type === 'array') return elementsOf(items, depth + 1);
  if (type === 'object') return membersOf(properties);
  if (Array.isArray(type)) return either(type, String);
  return typeof type === 'string' ? type : 'any';
}

function keywords(schema: object): Readonly<Record<string, unknown>> {
  return schema as Readonly<Record<string, unknown>>;
}

function elementsOf(items: unknown, depth: number): string {
  const type = typeOf(items, depth);
  return /^\w+$/.test(type) ? `${type}[]` : `(${type})[]`;
}

function membersOf(properties: unknown): string {
  if (typeof properties !== 'object' || properties === null) return 'object';
  const names = Object.keys(properties);
  if (names.length === 0) return 'object';
  const more = names.length > MAX_SHOWN ? ', …' : '';
  return `{ ${names.slice(0, MAX_SHOWN).join(', ')}${more} }`;
}

function either(choices: readonly unknown[], wordOf: (choice: unknown) => string): string {
  const words = choices.slice(0, MAX_SHOWN).map((choice) => wordOf(choice));
  return [...words, ...(choices.length > MAX_SHOWN ? ['…'] : [])].join(' | ');
}

function valueOf(value: unknown): string {
  const isPlain = typeof value === 'string' || typeof value === 'number';
  return isPlain || typeof value === 'boolean' || value === null
    ? shorten(JSON.stringify(value), MAX_VALUE_LENGTH)
    : '…';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
