/** Escape: makes text from the network safe to show and to send. */

/**
 * Control, format (including bidirectional overrides), separator, surrogate, private-use and
 * unassigned characters.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\\"]/gu;

/**
 * Makes text from the network safe for a terminal or a log: on one line, in double quotes, with
 * escapes like `\n` or `\u{…}` for every character that is invisible or that controls the display.
 */
export function escapeText(text: string): string {
  return `"${text.replace(UNSAFE, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '"':
      return '\\"';
    case '\\':
      return '\\\\';
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  }
}

/**
 * At most `maxLength` characters of a text, with `…` at the end if it was cut. A lone surrogate,
 * which a cut may leave, becomes U+FFFD, because UTF-8 cannot carry it. So the text can always be
 * sent.
 */
export function shorten(text: string, maxLength: number): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  // ES2024, in Node.js since version 20; the project's lib is ES2023.
  return (shown as string & { toWellFormed(): string }).toWellFormed();
}
