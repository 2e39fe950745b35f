/**
 * At most `maxLength` characters of a text, `…` at the end where it was cut. A lone surrogate, which
 * UTF-8 cannot carry and which a cut can leave, becomes U+FFFD, so that the text can always be sent.
 */
export function shorten(text: string, maxLength: number): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  // ES2024, in Node since 20; the project's lib is ES2023.
  return (shown as string & { toWellFormed(): string }).toWellFormed();
}
