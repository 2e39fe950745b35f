/** Reply headers: those that a procedure sets for its reply. Bounded as the headers of a call are. */
import { UnencodableError } from '../errors.js';
import { replyHeaderMap } from '../wire/header-map.js';
import { encodeHeaders, MAX_HEADERS_BYTES } from '../wire/headers.js';
import type { CallHeaders } from '../wire/headers.js';

export class ReplyHeaders {
  /** The header map of the reply; undefined if there are none. Only this class writes it. */
  map: Uint8Array | undefined;
  #headers: CallHeaders = {};

  /**
   * Sets a header, or removes it with undefined.
   *
   * @throws UnencodableError that names the header, its bounds and its value. Nothing changes then.
   */
  set(name: string, value: string | Uint8Array | undefined): void {
    // A binary is copied, because the procedure may change it before it has ended.
    const kept = value instanceof Uint8Array ? new Uint8Array(value) : value;
    const headers: CallHeaders = { ...this.#headers, [name]: kept };
    const encoded = encodeHeaders(headers, MAX_HEADERS_BYTES, mistake);
    this.#headers = headers;
    this.map = encoded === undefined ? undefined : replyHeaderMap(encoded);
  }
}

function mistake(problem: string): UnencodableError {
  return new UnencodableError('headers', `the reply ${problem}`);
}
