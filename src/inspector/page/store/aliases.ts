/**
 * Aliases: which endpoint the address of a peer belongs to. This is learned from transactions of
 * which both ends are known, because a relay with other addresses may lie between them. Otherwise
 * the address that an endpoint is bound to decides.
 */
import type { EndpointState } from './endpoint-state.js';
import type { Side } from './transaction.js';

/** Beyond this many, no more aliases are learned. */
const MAX_ALIASES = 4_000;

export class Aliases {
  readonly #endpoints = new Map<string, string>();

  /** Learns from a transaction of which both ends are known. */
  learnFrom(sides: readonly Side[]): void {
    if (sides.length < 2) return;
    const call = sides.find(({ kind }) => kind !== 'handler');
    const handler = sides.find(({ kind }) => kind === 'handler');
    if (call === undefined || handler === undefined) return;
    this.#learn(call.record.endpoint, call.record.peer, handler.record.endpoint);
    this.#learn(handler.record.endpoint, handler.record.peer, call.record.endpoint);
  }

  /** The endpoint that `seenBy` reaches at this address. */
  endpointAt(
    seenBy: string,
    address: string,
    endpoints: ReadonlyMap<string, EndpointState>,
  ): string | undefined {
    return this.#endpoints.get(`${seenBy} ${address}`) ?? boundTo(address, endpoints);
  }

  #learn(seenBy: string, address: string, endpoint: string): void {
    const key = `${seenBy} ${address}`;
    if (this.#endpoints.size < MAX_ALIASES || this.#endpoints.has(key)) {
      this.#endpoints.set(key, endpoint);
    }
  }
}

const UNSPECIFIED = new Set(['0.0.0.0', '[::]', '::']);
const LOOPBACK = /^(127\.|\[?::1\]?$|localhost$)/;

function boundTo(
  address: string,
  endpoints: ReadonlyMap<string, EndpointState>,
): string | undefined {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  const port = address.slice(colon);
  let found: string | undefined;
  for (const [name, { record, closed }] of endpoints) {
    if (!record.address.endsWith(port)) continue;
    const bound = record.address.slice(0, record.address.lastIndexOf(':'));
    const meant = bound === host || (UNSPECIFIED.has(bound) && LOOPBACK.test(host));
    // If several endpoints had the same address at different times, the open one is meant.
    if (meant && (found === undefined || closed === undefined)) found = name;
  }
  return found;
}
