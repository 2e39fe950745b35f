/**
 * Members: shows an event, a context or a snapshot. Some of its members are parts of a call's
 * outcome, and stand where masks know them: the `value` of an event is `outcome.value`.
 */
import { legiblePart, legibleValue } from './legible-value.js';
import type { Legibility } from './legible-value.js';
import { MASKED } from './mask.js';

/** Where masks know these members, if not under their own names. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  input: [],
  output: ['outcome'],
  value: ['outcome', 'value'],
  error: ['outcome', 'error'],
  failure: ['outcome', 'error'],
  reason: ['outcome', 'reason'],
  replyHeaders: ['outcome', 'headers'],
};

/** A readable copy of the object. A member is masked under its own name and at its place. */
export function legibleMembers(source: unknown, how: Legibility): unknown {
  const shown = legibleValue(source, [], how);
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return shown;
  const members = shown as Record<string, unknown>;
  for (const [key, path] of Object.entries(PLACES)) {
    if (!Object.hasOwn(members, key) || members[key] === MASKED) continue;
    const member = (source as Readonly<Record<string, unknown>>)[key];
    members[key] = legiblePart(asWords(member, key), path, how);
  }
  return members;
}

/** The failure of a handler has the words of an error, without being one. */
function asWords(member: unknown, key: string): unknown {
  if (key !== 'failure' || typeof member !== 'object' || member === null) return member;
  const { code, message } = member as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string') return member;
  return Object.assign(new Error(message), { name: undefined, code });
}
