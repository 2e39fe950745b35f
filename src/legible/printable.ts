/** Text from strangers, as a terminal may show it. */
import { escapeText } from '../escape.js';

const MAX_QUOTED_LENGTH = 64;

/** A sentence: on one line, with escapes for what would steer the terminal. Quotes and backslashes stay. */
export function printable(text: string): string {
  return escapeText(text)
    .slice(1, -1)
    .replace(/\\(["\\])/g, '$1');
}

/** Text in a sentence, in quotes; at most 64 characters of it. */
export function quoted(text: string): string {
  return escapeText(
    text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text,
  );
}

/** A name in a sentence: bare when it is one plain word, else quoted. */
export function printableName(name: string): string {
  const text = quoted(name);
  return /^"[^\s"\\]+"$/.test(text) ? text.slice(1, -1) : text;
}

/** What was thrown, as a sentence: its message, never its stack. */
export function messageOf(thrown: unknown): string {
  return printable(thrown instanceof Error ? thrown.message : String(thrown));
}
