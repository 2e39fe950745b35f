/** Controls, formats (bidirectional overrides among them), separators, surrogates, private, unassigned. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\\"]/gu;

/**
 * Text from the network as it may be shown in a terminal or a log: on one line, in double quotes,
 * with `\n`-like or `\u{…}` escapes for every character that is invisible or steers the display.
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
 * At most `maxLength` characters of a text, `…` at the end where it was cut. A lone surrogate, which
 * UTF-8 cannot carry and which a cut can leave, becomes U+FFFD, so that the text can always be sent.
 */
export function shorten(text: string, maxLength: number): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  // ES2024, in Node since 20; the project's lib is ES2023.
  return (shown as string & { toWellFormed(): string }).toWellFormed();
}
