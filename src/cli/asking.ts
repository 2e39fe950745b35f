/**
 * Asking: calls by which the command asks a peer to describe itself. They have headers, so that
 * only an rpcudp endpoint is sent them: a peer that speaks only rpcudp 5.x gets at most a probe.
 */
import type { CallOptions } from '../api/call-options.js';
import type { Outcome, Resolved } from '../api/outcome.js';
import type { Peer } from '../api/peer.js';
import { DESCRIBE, DESCRIBE_PROCEDURE } from '../description/description.js';
import type { EndpointDescription, ProcedureDescription } from '../description/description.js';
import { ListingReader, readProcedureDescription } from '../description/reading.js';
import type { CallHeaders } from '../wire/headers.js';

export interface AskOptions {
  /** How long to wait for all that is asked, in milliseconds. */
  readonly timeoutMs: number;
  /** The user's headers, such as a token that middleware wants. */
  readonly headers: CallHeaders | undefined;
  readonly signal: AbortSignal;
}

/** What the peer told, or the outcome of the call that gave nothing. */
export type Asked<Told> =
  | { readonly told: Told; readonly outcome?: undefined }
  | { readonly told?: undefined; readonly outcome: Exclude<Outcome, Resolved> };

const OWN_HEADERS: CallHeaders = { asks: 'describe' };

/**
 * Asks for all procedures, page by page.
 *
 * @throws DescriptionError for an answer that is no description; UnencodableError for bad headers.
 */
export async function askForListing(
  peer: Peer,
  options: AskOptions,
): Promise<Asked<EndpointDescription>> {
  const endsAtMs = performance.now() + options.timeoutMs;
  const reader = new ListingReader();
  let { timeoutMs } = options;
  let after: readonly string[] = [];
  for (;;) {
    const outcome = await peer.call(DESCRIBE, after, callOptions({ ...options, timeoutMs }));
    if (outcome.state !== 'resolved') return { outcome };
    const told = reader.add(outcome.value);
    const last = told.procedures.at(-1);
    if (!told.more || last === undefined) return { told };
    after = [last.name];
    timeoutMs = Math.max(Math.floor(endsAtMs - performance.now()), 0);
  }
}

/**
 * Asks for one procedure.
 *
 * @throws DescriptionError for an answer that is no description; UnencodableError for bad headers.
 */
export async function askForProcedure(
  peer: Peer,
  name: string,
  options: AskOptions,
): Promise<Asked<ProcedureDescription>> {
  const outcome = await peer.call(DESCRIBE_PROCEDURE, [name], callOptions(options));
  if (outcome.state !== 'resolved') return { outcome };
  return { told: readProcedureDescription(outcome.value, name) };
}

function callOptions({ timeoutMs, headers = OWN_HEADERS, signal }: AskOptions): CallOptions {
  return { timeoutMs, headers, signal };
}
