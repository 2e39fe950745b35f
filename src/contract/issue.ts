/** Issues: what is wrong with arguments or a result, for error messages and for the peer. */
import { shorten } from '../escape.js';
import type { SchemaError } from './schema-error.js';
import { formatPath } from './path.js';

const MAX_ISSUES = 8;
/** The most characters of the path and message of an issue together. */
const MAX_ISSUE_LENGTH = 256;

/** One thing that is wrong. Path and message have at most 256 characters together. */
export interface Issue {
  /** Where it is, such as `args[0].name` or `result.items[2]`. At most 128 characters. */
  readonly path: string;
  /** What is wrong, in the words of the schema library. */
  readonly message: string;
}

/** What is wrong with a value: 1 to 8 issues, plain data of at most 6,400 bytes of msgpack. */
export interface Issues extends ReadonlyArray<Issue> {
  /**
   * Set when the schema itself failed, so that nothing is known about the value. It is a property
   * and not an element of the array, so it is never sent. It is meant for the author of the schema.
   */
  readonly fault?: SchemaError;
}

/** The first 8 issues that a schema found. To read them may run code of the schema library. */
export function issuesOf(root: string, found: readonly unknown[]): Issues {
  const issues: Issue[] = [];
  for (let index = 0; index < found.length && index < MAX_ISSUES; index += 1) {
    issues.push(issueOf(root, found[index]));
  }
  // An empty list of issues still means that the schema refused the value.
  return issues.length > 0 ? issues : [{ path: root, message: NO_REASON }];
}

const NO_REASON = 'the schema refused it and gave no reason';

export function issuesOfFault(root: string, fault: SchemaError): Issues {
  // Not enumerable: what is sent is the array, and nothing else.
  return Object.defineProperty([issue(root, fault.problem)], 'fault', { value: fault });
}

function issueOf(root: string, found: unknown): Issue {
  if (typeof found !== 'object' || found === null) return issue(root, NO_REASON);
  const { path, message } = found as { readonly path?: unknown; readonly message?: unknown };
  const isText = typeof message === 'string' && message !== '';
  return issue(formatPath(root, path), isText ? message : NO_REASON);
}

function issue(path: string, message: string): Issue {
  return { path, message: shorten(message, MAX_ISSUE_LENGTH - path.length) };
}
