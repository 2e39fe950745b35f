/**
 * Sent headers: makes the header maps of requests with headers. Most calls repeat the headers of the
 * call before, such as a token, so the last map is kept while it fits.
 */
import { OptionError } from '../errors.js';
import { maxHeadersBytes } from '../wire/header-budget.js';
import { requestHeaderMap } from '../wire/header-map.js';
import { encodeHeaders } from '../wire/headers.js';
import { isPlainObject } from '../wire/plain-object.js';
import type { CallHeaders } from '../wire/headers.js';

interface KeptMap {
  readonly traceparent: string | undefined;
  /** Texts alone: what is in a binary may change. */
  readonly entries: readonly (readonly [name: string, value: string])[];
  readonly map: Uint8Array;
}

export class SentHeaders {
  /** Bounded by the bytes that a header map may take. */
  #kept: KeptMap | undefined;

  /**
   * The header map of a request. It must be stamped before the request is sent.
   *
   * @throws OptionError that names the header, its bounds and its value.
   */
  mapFor(headers: CallHeaders, traceparent: string | undefined): Uint8Array {
    const kept = this.#kept;
    if (kept?.traceparent === traceparent && kept !== undefined && hasEntries(headers, kept)) {
      return kept.map;
    }
    const encoded = encodeHeaders(headers, maxHeadersBytes(traceparent), mistakeInHeaders);
    const map = requestHeaderMap(traceparent, encoded);
    const entries = Object.entries(headers);
    this.#kept = entries.every(isText) ? { traceparent, entries, map } : undefined;
    return map;
  }
}

/** Makes the error for headers that a call may not have. */
export function mistakeInHeaders(problem: string): OptionError {
  return new OptionError('headers', problem);
}

function isText(entry: readonly [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

/** Whether the headers are those of the map. Allocates nothing. */
function hasEntries(headers: CallHeaders, { entries }: KeptMap): boolean {
  if (!isPlainObject(headers)) return false;
  let index = 0;
  for (const name in headers) {
    const entry = entries[index];
    if (entry?.[0] !== name || entry[1] !== headers[name]) return false;
    index += 1;
  }
  return index === entries.length;
}
