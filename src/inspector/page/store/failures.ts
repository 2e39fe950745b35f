/** Failures: how many of the calls, or of the requests, of some endpoints have failed. */
import { REQUEST_ENDINGS } from '../../../api/request-ending.js';
import type { RequestEnding } from '../../../api/request-ending.js';
import { namesOf } from '../../../vocabulary.js';
import type { EndpointState } from './endpoint-state.js';

/** Requests that end so have not failed. */
const WELL: ReadonlySet<RequestEnding> = new Set<RequestEnding>([
  'replied',
  'finished',
  'cancelled',
]);

interface Failures {
  readonly of: 'calls' | 'requests';
  readonly failed: number;
  /** How many have ended, well or not. */
  readonly ended: number;
}

/** Requests count only if no calls were made: where both ends are shown, each would count twice. */
export function failuresOf(endpoints: Iterable<EndpointState>): Failures {
  const calls = { failed: 0, ended: 0 };
  const requests = { failed: 0, ended: 0 };
  for (const { counts } of endpoints) {
    const stats = counts.last()?.stats;
    if (stats === undefined) continue;
    const { resolved, rejected, timedOut, cancelled, unsent } = stats.outcomes;
    calls.failed += rejected + timedOut + unsent;
    calls.ended += resolved + rejected + timedOut + cancelled + unsent;
    for (const ending of namesOf(REQUEST_ENDINGS)) {
      const count = stats.requests[ending] ?? 0;
      // A repetition is no other request.
      if (REQUEST_ENDINGS[ending].of === 'repetition') continue;
      requests.ended += count;
      if (!WELL.has(ending)) requests.failed += count;
    }
  }
  return calls.ended > 0 ? { of: 'calls', ...calls } : { of: 'requests', ...requests };
}

/** `3.1 % of calls failed`; undefined if none did. A few are never none, nor all. */
export function failuresText({ of, failed, ended }: Failures): string | undefined {
  if (failed === 0 || ended === 0) return undefined;
  const percent = (100 * failed) / ended;
  const shown = failed === ended ? '100' : Math.min(99.9, Math.max(0.1, percent)).toFixed(1);
  return `${shown} % of ${of} failed`;
}
