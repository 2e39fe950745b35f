/** Where in a value something is wrong, as text: `args[0].user.tags[2]`. */
import { escapeText, shorten } from '../escape.js';

/** The most characters of a path. */
const MAX_PATH_LENGTH = 128;
/** The most characters of one key in it. */
const MAX_KEY_LENGTH = 64;

/** An identifier that can stand after a dot; any other key is shown in brackets. */
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * The path that a Standard Schema issue names, from `root` on; `root` alone where it names none. At
 * most 128 characters, however many keys there are.
 */
export function formatPath(root: string, segments: unknown): string {
  let path = root;
  if (!Array.isArray(segments)) return path;
  for (let index = 0; index < segments.length && path.length <= MAX_PATH_LENGTH; index += 1) {
    path += formatKey(keyOf(segments[index]));
  }
  return shorten(path, MAX_PATH_LENGTH);
}

/** A segment is a key, or an object that has one. */
function keyOf(segment: unknown): unknown {
  return typeof segment === 'object' && segment !== null && 'key' in segment
    ? segment.key
    : segment;
}

function formatKey(key: unknown): string {
  switch (typeof key) {
    case 'number':
      return `[${key}]`;
    case 'string': {
      const shown = shorten(key, MAX_KEY_LENGTH);
      return IDENTIFIER.test(key) ? `.${shown}` : `[${escapeText(shown)}]`;
    }
    case 'symbol':
      return `[Symbol(${escapeText(shorten(key.description ?? '', MAX_KEY_LENGTH)).slice(1, -1)})]`;
    default:
      return '[?]';
  }
}
