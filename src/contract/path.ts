/** Paths: where in a value something is wrong, as text such as `args[0].user.tags[2]`. */
import { escapeText, shorten } from '../escape.js';

const MAX_PATH_LENGTH = 128;
const MAX_KEY_LENGTH = 64;

/** A key that can be shown after a dot. Other keys are shown in brackets. */
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * The path of a Standard Schema issue, starting with `root`. It is only `root` if the issue has no
 * path. At most 128 characters, however many keys there are.
 */
export function formatPath(root: string, segments: unknown): string {
  let path = root;
  if (!Array.isArray(segments)) return path;
  for (let index = 0; index < segments.length && path.length <= MAX_PATH_LENGTH; index += 1) {
    path += formatKey(keyOf(segments[index]));
  }
  return shorten(path, MAX_PATH_LENGTH);
}

/** A segment is a key, or an object that has a key. */
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
