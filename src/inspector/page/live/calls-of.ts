import { termText } from '../store/search-terms.js';
import { pickedEndpoints, search, show, timeRange } from './view-state.js';

/** Shows the calls between an endpoint and a peer; with a procedure, only those of it. */
export function showCallsOf(endpoint: string, peer: string, procedure?: string): void {
  const terms = [termText({ field: 'peer', values: [peer], negated: false })];
  if (procedure !== undefined) {
    terms.push(termText({ field: 'procedure', values: [procedure], negated: false }));
  }
  search.value = terms.join(' ');
  timeRange.value = undefined;
  pickedEndpoints.value = new Set([endpoint]);
  show('calls');
}
