/**
 * Typed text: text in place of a value that JSON lacks, such as `{ "(bigint)": "12n" }`, so that it
 * is not taken for a string. An object of the user that looks like one gets another pair of
 * parentheses around its key.
 */

export type TextType = 'bigint' | 'bytes' | 'date' | 'number';

export type TypedText = Readonly<Record<`(${TextType})`, string>>;

const LOOKS_TYPED = /^\(+(?:bigint|bytes|date|number)\)+$/;
const TYPED = /^\((?:bigint|bytes|date|number)\)$/;

export function typedText(type: TextType, text: string): TypedText {
  return { [`(${type})`]: text } as TypedText;
}

/** The key of an object of the user as it stands beside typed text. */
export function keyBesideTyped(key: string): string {
  return LOOKS_TYPED.test(key) ? `(${key})` : key;
}

/** The key that `keyBesideTyped` was given. */
export function keyOfUser(key: string): string {
  return LOOKS_TYPED.test(key) && !TYPED.test(key) ? key.slice(1, -1) : key;
}

/** The text, if the object is typed text. */
export function textIfTyped(object: object): string | undefined {
  const [entry, ...others] = Object.entries(object) as [string, unknown][];
  if (entry === undefined || others.length > 0) return undefined;
  const [key, text] = entry;
  return TYPED.test(key) && typeof text === 'string' ? text : undefined;
}
