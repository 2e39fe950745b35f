import { pickedEndpoints, search, show, timeRange } from './view-state.js';

/** Shows the calls between an endpoint and a peer; with a procedure, only those of it. */
export function showCallsOf(endpoint: string, peer: string, procedure?: string): void {
  const terms = [`peer:${quoted(peer)}`];
  if (procedure !== undefined) terms.push(`procedure:${quoted(procedure)}`);
  search.value = terms.join(' ');
  timeRange.value = undefined;
  pickedEndpoints.value = new Set([endpoint]);
  show('calls');
}

/** A value as the search reads it whole. */
function quoted(value: string): string {
  return /[\s,"\\*]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}
