/**
 * Parties: who takes part in the calls, whatever it is called and however often it was started. An
 * endpoint that opens where one of its name and address has closed is the same party.
 */
import { printable } from '../../../legible/printable.js';
import type { Aliases } from './aliases.js';
import type { EndpointState } from './endpoint-state.js';

export interface Party {
  /** Its name, fit to be shown. */
  readonly name: string;
  readonly address: string;
  /** Its endpoints, the oldest first. Empty if none of them feeds the inspector. */
  readonly endpoints: readonly EndpointState[];
}

/** What is needed of a store to tell who is who. */
interface Known {
  readonly endpoints: ReadonlyMap<string, EndpointState>;
  readonly aliases: Aliases;
}

/** The clocks of two processes on one machine differ by less than this. */
const CLOCK_SLACK_MS = 5;
/** On two machines, endpoints that are bound to all addresses may have the same one. */
const WILDCARD = /^(0\.0\.0\.0|\[?::\]?):/;

export class Parties {
  readonly #known: Known;
  /** By the keys of endpoints, so bounded by them. */
  readonly #ofEndpoints = new Map<string, Party>();
  /** By who sees it, and its address. Bounded by the calls that are kept. */
  readonly #seen = new Map<string, Party>();
  /** Those that do not feed the inspector, by address. Bounded likewise. */
  readonly #strangers = new Map<string, Party>();

  constructor(known: Known) {
    this.#known = known;
    const latest = new Map<string, Party & { endpoints: EndpointState[] }>();
    const inOrder = [...known.endpoints].sort(([, a], [, b]) => a.record.atMs - b.record.atMs);
    for (const [key, endpoint] of inOrder) {
      const { name, address } = endpoint.record;
      const before = latest.get(`${name} ${address}`);
      if (before !== undefined && follows(endpoint, before.endpoints.at(-1))) {
        before.endpoints.push(endpoint);
        this.#ofEndpoints.set(key, before);
      } else {
        const party = { name: printable(name), address, endpoints: [endpoint] };
        latest.set(`${name} ${address}`, party);
        this.#ofEndpoints.set(key, party);
      }
    }
  }

  ofEndpoint(key: string): Party | undefined {
    return this.#ofEndpoints.get(key);
  }

  /** Whom the endpoint `seenBy` reaches at this address. */
  at(seenBy: string, address: string): Party {
    const seenAs = `${seenBy} ${address}`;
    const seen = this.#seen.get(seenAs);
    if (seen !== undefined) return seen;
    const { aliases, endpoints } = this.#known;
    const key = aliases.endpointAt(seenBy, address, endpoints);
    const known = key === undefined ? undefined : this.#ofEndpoints.get(key);
    const party = known ?? this.#stranger(address);
    this.#seen.set(seenAs, party);
    return party;
  }

  #stranger(address: string): Party {
    let stranger = this.#strangers.get(address);
    if (stranger === undefined) {
      stranger = { name: printable(address), address, endpoints: [] };
      this.#strangers.set(address, stranger);
    }
    return stranger;
  }
}

/** Whether it can have been started in place of the one before. */
function follows({ record }: EndpointState, before: EndpointState | undefined): boolean {
  if (before?.closed === undefined) return false;
  if (WILDCARD.test(record.address) && record.name === record.address) return false;
  return before.closed.atMs <= record.atMs + CLOCK_SLACK_MS;
}
