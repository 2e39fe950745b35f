/**
 * Schema check: holds arguments to a JSON Schema that a stranger has sent.
 *
 * So it is interpreted, and no code is made of it. It loads nothing from elsewhere. And it has a
 * limited time, because patterns can backtrack without end, and references can fan out.
 */
import { runInNewContext } from 'node:vm';
import { format, Validator } from '@cfworker/json-schema';
import type { OutputUnit } from '@cfworker/json-schema';
import { formatPath } from '../contract/path.js';
import type { JsonSchema } from '../description/description.js';
import { shorten } from '../escape.js';
import { messageOf } from '../legible/printable.js';

/** The most time that a check may take, in milliseconds. Ordinary ones take one or two. */
const MAX_CHECK_MS = 1_000;
const MAX_REASON_LENGTH = 200;

// The draft has formats as notes, and libraries differ in what they take. A check that is stricter
// than the peer's own would keep a good call from being made.
for (const name of Object.keys(format)) Reflect.deleteProperty(format, name);

/** What became of a check. The texts may be a stranger's, and are safe to print. */
export type SchemaVerdict =
  | { readonly kind: 'fits' }
  /** `at` is a place such as `args[0].name`, and `rule` a keyword of JSON Schema. */
  | {
      readonly kind: 'breaks';
      readonly at: string;
      readonly rule: string;
      readonly problem: string;
    }
  | { readonly kind: 'unchecked'; readonly reason: string };

/** Never throws. Values that JSON does not have, such as bytes, are checked by the peer alone. */
export function checkBySchema(args: readonly unknown[], schema: JsonSchema): SchemaVerdict {
  if (!isJsonData(args)) return { kind: 'fits' };
  try {
    const errors = runInNewContext(
      'check()',
      { check: () => errorsOf(args, schema) },
      {
        timeout: MAX_CHECK_MS,
      },
    ) as readonly OutputUnit[];
    const [error] = errors.filter(({ keyword }) => !LEADS_ON.has(keyword));
    const named = error ?? errors[0];
    if (named === undefined) return { kind: 'fits' };
    const { instanceLocation, keyword, error: problem } = named;
    return {
      kind: 'breaks',
      at: formatPath('args', segmentsOf(instanceLocation)),
      rule: keyword,
      problem: reasonOf(problem).replace(/\.$/, ''),
    };
  } catch (error) {
    const isLate = (error as { readonly code?: unknown } | null)?.code === TIMED_OUT;
    const reason = isLate ? `it takes more than ${MAX_CHECK_MS} ms` : reasonOf(messageOf(error));
    return { kind: 'unchecked', reason };
  }
}

const TIMED_OUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** The keywords whose errors only say that there is one further in. */
const LEADS_ON = new Set([
  ...['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'],
  ...['items', 'prefixItems', 'unevaluatedItems', 'allOf', 'if', 'dependentSchemas', '$ref'],
]);

function errorsOf(args: readonly unknown[], schema: JsonSchema): OutputUnit[] {
  return new Validator(schema, '2020-12').validate(args).errors;
}

/** The steps of a JSON pointer (RFC 6901) in a fragment, such as `#/0/name`. */
function segmentsOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      return /^\d+$/.test(key) ? Number(key) : key;
    });
}

function reasonOf(text: string): string {
  return shorten(messageOf(text), MAX_REASON_LENGTH);
}

/** The value comes from the command line, and nests no deeper than a request may. */
function isJsonData(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint';
  if (Array.isArray(value)) return value.every(isJsonData);
  return (
    Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJsonData)
  );
}
