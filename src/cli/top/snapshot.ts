/** Snapshot: what `rpcudp top` knows at one moment, as plain data. `--json` prints it unchanged. */

import type { OutcomeCounts, OutcomeState } from '../../api/call-state.js';
import type { NotificationEnding } from '../../api/notification-state.js';
import type { EndpointState } from '../../api/endpoint-state.js';

/** A count and its rate. The rate is undefined as long as it is not known. */
export interface Count {
  readonly count: number;
  readonly perSecond: number | undefined;
}

export interface Snapshot {
  /** Open endpoints first. */
  readonly endpoints: readonly EndpointView[];
  /** The latest calls and requests that went wrong, the newest first. */
  readonly troubles: readonly TroubleView[];
  /** How many endpoints and peers exist that are not in this snapshot. */
  readonly leftOut: { readonly endpoints: number; readonly peers: number };
}

/**
 * `lost` means that the feed broke off, so nothing more is known about the endpoint; `recorded`, that
 * a recording of it has ended.
 */
export type KnownState = EndpointState | 'lost' | 'recorded';

/** Whether the endpoint is gone, as far as is known. */
export function isGone({ state }: { readonly state: KnownState }): boolean {
  return state === 'closed' || state === 'lost';
}

export interface EndpointView {
  readonly name: string;
  /**
   * The name for display. If the name is only the address, it is the port, unless another endpoint
   * has the same port.
   */
  readonly label: string;
  readonly address: string;
  readonly processId: number;
  readonly version: string;
  readonly state: KnownState;
  /** Why the endpoint closed, if it was not closed on purpose. */
  readonly error: string | undefined;
  /** Undefined until the endpoint has sent its counts. */
  readonly counts: CountsView | undefined;
  readonly peers: readonly PeerView[];
  /** Procedures that the endpoint called, the most called first. */
  readonly procedures: readonly ProcedureView[];
}

export interface CountsView {
  /** Calls that the endpoint made: those with an outcome, queued or in flight. */
  readonly callsMade: Count;
  /** Requests that arrived for the first time, run or refused. */
  readonly requestsTaken: Count;
  readonly inFlight: number;
  readonly queued: number;
  /** Procedures whose requests wait for their end. */
  readonly running: number;
  /** Procedures that run on after their deadline, and keep their slots. */
  readonly overrun: number;
  readonly peers: number;
  readonly outcomes: Readonly<Record<OutcomeState, Count>>;
  /** Notifications that the endpoint made, and how many of them have not ended. */
  readonly notificationsMade: Count;
  readonly notificationsOpen: number;
  readonly notifications: Readonly<Record<NotificationEnding, Count>>;
  /** Inbound frames by fate, without zeros. */
  readonly fates: Readonly<Record<string, Count>>;
  /** The sum that the fates must have. */
  readonly framesReceived: number;
  readonly datagramsReceived: number;
  readonly kernelDrops: number | undefined;
}

export interface PeerView {
  readonly address: string;
  readonly health: string;
  readonly inWindow: number;
  readonly windowLimit: number;
  /** Calls in the mailbox of the peer. */
  readonly queued: number;
  readonly inFlight: number;
  readonly running: number;
  readonly roundTripMs: number | null;
}

export interface ProcedureView {
  readonly procedure: string;
  /** Calls with an outcome. */
  readonly calls: Count;
  /** The share of these calls that resolved, from 0 to 1. */
  readonly resolvedShare: number;
  readonly outcomes: Readonly<OutcomeCounts>;
}

export interface TroubleView {
  /** The label of the endpoint. */
  readonly endpoint: string;
  /** How long ago it happened. */
  readonly agoMs: number;
  /** Undefined if the beginning of the call or request was not seen. */
  readonly procedure: string | undefined;
  readonly peer: string | undefined;
  /** The state that was reached: `timedOut`, `late`, `rejected`, `failed`, `refused`, … */
  readonly state: string;
  /** What happened, in words. */
  readonly words: string;
}
