/**
 * Sent headers: makes the header maps of requests with headers. Most calls repeat the headers of the
 * call before, such as a token, so the last map is kept while it fits.
 */
import { OptionError } from '../errors.js';
import { maxHeadersBytes } from '../wire/header-budget.js';
import { requestHeaderMap } from '../wire/header-map.js';
import { encodeHeaders } from '../wire/headers.js';
import type { CallHeaders } from '../wire/headers.js';

interface KeptMap {
  readonly traceparent: string | undefined;
  /** A copy of `someHeaders`, which gives those with binaries once, and texts again. */
  readonly headers: CallHeaders;
  readonly map: Uint8Array;
}

export class SentHeaders {
  /** Bounded by the bytes that a header map may take. */
  #kept: KeptMap | undefined;

  /**
   * The header map of a request. It must be stamped before the request is sent.
   *
   * @param headers a copy of `someHeaders`, which nobody changes
   * @throws OptionError that names the header, its bounds and its value.
   */
  mapFor(headers: CallHeaders, traceparent: string | undefined): Uint8Array {
    const kept = this.#kept;
    if (kept?.headers === headers && kept.traceparent === traceparent) return kept.map;
    const encoded = encodeHeaders(headers, maxHeadersBytes(traceparent), mistakeInHeaders);
    const map = requestHeaderMap(traceparent, encoded);
    this.#kept = { traceparent, headers, map };
    return map;
  }
}

/** Makes the error for headers that a call may not have. */
export function mistakeInHeaders(problem: string): OptionError {
  return new OptionError('headers', problem);
}
