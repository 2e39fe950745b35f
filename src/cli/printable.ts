/** Text from strangers, as a terminal may show it. */
import { escapeText } from '../wire/escape.js';

const MAX_NAME_LENGTH = 64;

/** A sentence: on one line, with escapes for what would steer the terminal. Quotes stay. */
export function printable(text: string): string {
  return escapeText(text).slice(1, -1).replaceAll('\\"', '"');
}

/** A name in a sentence: bare when it is one plain word, else quoted; at most 64 characters of it. */
export function printableName(name: string): string {
  const shown = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  const quoted = escapeText(shown);
  return quoted === `"${shown}"` && /^\S+$/u.test(shown) ? shown : quoted;
}

/** What was thrown, as a sentence: its message, never its stack. */
export function messageOf(thrown: unknown): string {
  return printable(thrown instanceof Error ? thrown.message : String(thrown));
}
