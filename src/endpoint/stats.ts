/** Endpoint statistics: collects the counts from the parts of an endpoint. */
import type { EndpointStats } from '../api/stats.js';
import type { Parts } from './parts.js';

export function statsOf(parts: Parts): EndpointStats {
  const { root, socket, outstanding, answers, amplification, peers, settlements, inbox } = parts;
  const { notifications } = parts;
  return {
    state: root.getSnapshot().value,
    ...socket.stats(),
    unreadableHeaders: answers.unreadableHeaders + inbox.unreadableHeaders,
    outcomes: outstanding.outcomes,
    notifications: notifications.counts,
    requests: settlements.counts,
    forgottenEarly: inbox.forgottenEarly,
    withheldReplies: amplification.withheldReplies,
    discardedResults: inbox.discardedResults,
    unseenRefusals: parts.middleware?.unseenRefusals ?? 0,
    queuedNow: peers.all().reduce((sum, { queued }) => sum + queued, 0),
    inFlightNow: outstanding.inFlight,
    lingeringNow: outstanding.lingering,
    notificationsNow: notifications.open,
    runningNow: inbox.running,
    overrunNow: inbox.overrun,
    rememberedNow: inbox.remembered,
    peersNow: peers.size,
    latencies: parts.latencyMeter?.latencies,
  };
}
