/** Counted families: the metrics that are the counts of `endpoint.stats()`. */
import { ENDPOINT_STATES } from '../api/endpoint-state.js';
import type { EndpointStats } from '../api/stats.js';
import { mapRows, namesOf } from '../vocabulary.js';
import type { FamilyRow } from './metric-family.js';

/** Sums of others are left out: Prometheus adds. Latencies are measured apart. */
type Counted = Exclude<keyof EndpointStats, 'framesReceived' | 'refused' | 'latencies'>;

interface CountedRow extends FamilyRow {
  /** What tells the values of a table apart; absent if there is one value. */
  readonly label?: string;
}

/** Counts since the endpoint was opened. */
const counter = (name: string, help: string, label?: string): CountedRow => ({
  ...{ name: `rpcudp_${name}_total`, help, type: 'counter' },
  ...(label !== undefined && { label }),
});

/** Numbers of this moment. */
const gauge = (name: string, help: string, label?: string): CountedRow => ({
  ...{ name: `rpcudp_${name}`, help, type: 'gauge' },
  ...(label !== undefined && { label }),
});

/** A row for each count, in the order in which they are shown. */
export const COUNTED_FAMILIES: Readonly<Record<Counted, CountedRow>> = {
  outcomes: counter('calls', 'Calls, by outcome.', 'outcome'),
  queuedNow: gauge('calls_queued', "Calls that wait for their peer's window."),
  inFlightNow: gauge('calls_in_flight', 'Calls that wait for an answer.'),
  lingeringNow: gauge('calls_lingering', 'Calls that timed out and still know a late answer.'),
  requests: counter('requests', 'Readable requests, by how they ended.', 'ending'),
  runningNow: gauge('procedures_running', 'Procedures whose requests wait for their end.'),
  overrunNow: gauge('procedures_overrun', 'Procedures that run on after their deadline.'),
  rememberedNow: gauge('requests_remembered', 'Ended requests that are remembered.'),
  forgottenEarly: counter('requests_forgotten_early', 'Requests forgotten to make room.'),
  withheldReplies: counter('replies_withheld', 'Replies withheld from addresses not validated.'),
  discardedResults: counter('results_discarded', 'Results after their caller had stopped waiting.'),
  unseenRefusals: counter('refusals_unseen', 'Refused requests that middleware was not shown.'),
  notifications: counter('notifications', 'Notifications made here, by how they ended.', 'ending'),
  notificationsNow: gauge('notifications_waiting', 'Notifications that wait to be sent.'),
  received: counter('datagrams_received', 'Inbound datagrams.'),
  fates: counter('frames_received', 'Inbound frames, by fate.', 'fate'),
  unreadableHeaders: counter('unreadable_headers', 'Frames whose header map was not readable.'),
  kernelDrops: counter('kernel_drops', 'Datagrams that the kernel dropped. Linux alone tells.'),
  receiveBufferBytes: gauge('receive_buffer_bytes', "The size of the socket's receive buffer."),
  attempted: counter('datagrams_attempted', 'Outbound datagrams.'),
  framesAttempted: counter('frames_attempted', 'Frames in outbound datagrams.'),
  sent: counter('datagrams_sent', 'Outbound datagrams that the kernel took.'),
  refusedBy: counter('datagrams_refused', 'Datagrams the kernel refused, by error code.', 'code'),
  peersNow: gauge('peers', 'Peers that are known.'),
  state: gauge('endpoint_state', '1 for the state that the endpoint is in, else 0.', 'state'),
};

/** The values of one count, each with the word that tells it apart, if there is one. */
export function valuesOf(
  stats: EndpointStats,
  count: Counted,
): readonly (readonly [word: string | undefined, value: number])[] {
  if (count === 'state') {
    const current = mapRows(ENDPOINT_STATES, (_, state) => (state === stats.state ? 1 : 0));
    return Object.entries(current);
  }
  const value = stats[count];
  if (value === undefined) return [];
  return typeof value === 'number' ? [[undefined, value]] : Object.entries(value);
}

/** Every count that is a family. */
export const COUNTED = namesOf(COUNTED_FAMILIES);
