/** What a procedure knows about the request it serves. */
import type { SocketAddress } from '../address.js';
import type { AnyEndpoint } from '../endpoint/endpoint.js';

/** The first argument of every procedure. */
export class HandlerScope {
  /** Where the request came from. UDP source addresses can be forged. */
  readonly sender: SocketAddress;
  /** The endpoint that received it: `endpoint.peer(sender)` calls back. */
  readonly endpoint: AnyEndpoint;
  #controller: AbortController | undefined;
  #abortReason: unknown;
  #aborted = false;

  /** @internal */
  constructor(sender: SocketAddress, endpoint: AnyEndpoint) {
    this.sender = sender;
    this.endpoint = endpoint;
  }

  /** Aborts when the result is no longer wanted: the endpoint closes and will wait no longer. */
  get signal(): AbortSignal {
    // Made when first asked for: most procedures never do, and a controller costs more than a call.
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** @internal */
  abort(reason: unknown): void {
    this.#aborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}
