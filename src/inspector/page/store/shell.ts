/** Command lines for pasting into a shell. */

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Writes words so that a POSIX shell reads them unchanged; quotes only words that need it. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  if (PLAIN.test(word) && !word.startsWith('=')) return word;
  // A terminal may act on control characters even inside quotes, so $'…' escapes them.
  if (hasControl(word)) return `$'${Array.from(word, spelled).join('')}'`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function hasControl(word: string): boolean {
  return Array.from(word).some(isControl);
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
}

function spelled(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`;
  if (!isControl(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
