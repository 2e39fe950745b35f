/** Printable: makes text from strangers safe for a terminal. */
import { escapeText } from '../escape.js';

const MAX_QUOTED_LENGTH = 64;

/**
 * A sentence on one line, with escapes for characters that would control the terminal. Quotes and
 * backslashes are not changed.
 */
export function printable(text: string): string {
  return escapeText(text)
    .slice(1, -1)
    .replace(/\\(["\\])/g, '$1');
}

/** At most 64 characters of a text, in quotes, for use in a sentence. */
export function quoted(text: string): string {
  return escapeText(
    text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text,
  );
}

/** A name for use in a sentence: without quotes if it is one plain word. */
export function printableName(name: string): string {
  const text = quoted(name);
  return /^"[^\s"\\]+"$/.test(text) ? text.slice(1, -1) : text;
}

/** The message of a thrown value, as a sentence, without its stack. */
export function messageOf(thrown: unknown): string {
  return printable(thrown instanceof Error ? thrown.message : String(thrown));
}
