/**
 * Machine masking: shows the events and contexts of users' actors, without the masked parts, and
 * within bounds: a context may be of any size, and is looked at in each step.
 */
import { legiblePart } from '../../legible/legible-value.js';
import { MASKED, maskTest, NOTHING_MASKED } from '../../legible/mask.js';
import type { Mask, MaskTest } from '../../legible/mask.js';
import { legibleMembers } from '../../legible/members.js';
import { OPEN, UNKNOWN } from '../../legible/transaction.js';
import type { CalledBy } from '../../xstate/called.js';

/** About how many characters are shown of a context or an event. Larger members are left out. */
const MAX_CHARS = 8_192;
const MAX_MEMBERS = 256;
const MAX_DEPTH = 40;
/** About how many characters a number takes, or the brackets of an object. */
const SCALAR_CHARS = 8;
/** Beyond these lengths text and bytes are cut. */
const MAX_TEXT_CHARS = 4_096;
const MAX_BYTES_CHARS = 4_500;

const TOO_LARGE = '(too large to be shown)';

export class MachineMasking {
  readonly #isMasked: MaskTest;

  constructor(mask: Mask | undefined) {
    this.#isMasked = maskTest(mask);
  }

  /**
   * The members of an event, a context or a snapshot, each asked about under its own name and at its
   * place in a call. @param called what an invoked call calls, if it is the call's own
   */
  members(source: object, called?: CalledBy): unknown {
    const { procedure = called?.procedure } = source as { readonly procedure?: unknown };
    const how = {
      isMasked: this.#isMasked,
      procedure: typeof procedure === 'string' ? procedure : undefined,
      transaction: this.#isMasked === NOTHING_MASKED ? OPEN : UNKNOWN,
    };
    const within = withinBounds(source);
    const shown = legibleMembers(within, how) as { output?: unknown } | string;
    // The output of such a call is the value of its outcome, not the outcome.
    if (called?.givesOutcome === false && typeof shown === 'object' && 'output' in shown) {
      const { output } = within as { readonly output?: unknown };
      if (shown.output !== MASKED) {
        shown.output = legiblePart(output, ['outcome', 'value'], how);
      }
    }
    return shown;
  }
}

/** The members of an object, with words in place of those that are too large. */
function withinBounds(source: object): object {
  let left = MAX_CHARS;
  const entries = Object.entries(source).slice(0, MAX_MEMBERS);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const chars = key.length + charsIn(value, left);
      if (chars > left) return [key, TOO_LARGE];
      left -= chars;
      return [key, value as unknown];
    }),
  );
}

/** What cannot be read is shown as such in a few words. */
function charsIn(value: unknown, most: number): number {
  try {
    return charsOf(value, most, MAX_DEPTH);
  } catch {
    return SCALAR_CHARS;
  }
}

/** About how many characters are shown of a value; counted no further than to `most`. */
function charsOf(value: unknown, most: number, levels: number): number {
  if (typeof value === 'string') return Math.min(value.length, MAX_TEXT_CHARS);
  if (typeof value !== 'object' || value === null || levels === 0) return SCALAR_CHARS;
  if (value instanceof Uint8Array) return Math.min(3 * value.length, MAX_BYTES_CHARS);
  // An actor is shown by its id.
  if ('getSnapshot' in value) return SCALAR_CHARS;
  let chars = SCALAR_CHARS;
  for (const item of partsOf(value)) {
    if (chars > most) break;
    chars += charsOf(item, most - chars, levels - 1);
  }
  return chars;
}

/** One after the other, because the first ones may be too many already. */
function* partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) for (const entry of value) yield* entry;
  else if (value instanceof Set || Array.isArray(value)) yield* value as Iterable<unknown>;
  else {
    if (value instanceof Error) yield value.message;
    for (const entry of Object.entries(value)) yield* entry;
  }
}
