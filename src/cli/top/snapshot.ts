/** What `rpcudp top` knows at one moment: plain data, which is printed as it is with `--json`. */

import type { OutcomeCounts, OutcomeState } from '../../api/call-state.js';

/** Something that is counted. The rate is undefined as long as it cannot be told. */
export interface Count {
  readonly count: number;
  readonly perSecond: number | undefined;
}

export interface Snapshot {
  /** Those that are open first. */
  readonly endpoints: readonly EndpointView[];
  /** The last calls and requests that went wrong, the newest first. */
  readonly troubles: readonly TroubleView[];
  /** How many of what exists this has no room for. */
  readonly leftOut: { readonly endpoints: number; readonly peers: number };
}

/** `lost`: its feed broke off, and nobody knows what became of it. */
export type EndpointState = 'open' | 'closed' | 'lost';

export interface EndpointView {
  readonly name: string;
  /** Its name, or of a name that is an address only the port, if no other endpoint has it. */
  readonly label: string;
  readonly address: string;
  readonly processId: number;
  readonly version: string;
  readonly state: EndpointState;
  /** Why it closed, if nobody asked for it. */
  readonly error: string | undefined;
  /** Undefined until it has told its counts. */
  readonly counts: CountsView | undefined;
  readonly peers: readonly PeerView[];
  /** Of the calls that it made, the busiest first. */
  readonly procedures: readonly ProcedureView[];
}

export interface CountsView {
  /** Calls that it made: the sum of all outcomes, of those queued and of those in flight. */
  readonly callsMade: Count;
  /** Requests that arrived for the first time, whether they were run or refused. */
  readonly requestsTaken: Count;
  readonly inFlight: number;
  readonly queued: number;
  readonly running: number;
  readonly peers: number;
  readonly outcomes: Readonly<Record<OutcomeState, Count>>;
  /** Inbound frames by fate; those that are not zero. */
  readonly fates: Readonly<Record<string, Count>>;
  /** What the fates have to add up to. */
  readonly framesReceived: number;
  readonly datagramsReceived: number;
  readonly kernelDrops: number | undefined;
}

export interface PeerView {
  readonly address: string;
  readonly health: string;
  readonly inWindow: number;
  readonly windowLimit: number;
  /** Calls in its mailbox. */
  readonly queued: number;
  readonly inFlight: number;
  readonly running: number;
  readonly roundTripMs: number | null;
}

export interface ProcedureView {
  readonly procedure: string;
  /** Calls that have an outcome. */
  readonly calls: Count;
  /** The share of them that resolved, from 0 to 1. */
  readonly resolvedShare: number;
  readonly outcomes: Readonly<OutcomeCounts>;
}

export interface TroubleView {
  /** Label of the endpoint. */
  readonly endpoint: string;
  /** How long ago. */
  readonly agoMs: number;
  /** Undefined where its beginning was not seen. */
  readonly procedure: string | undefined;
  readonly peer: string | undefined;
  /** The state that it came to: `timedOut`, `late`, `rejected`, `failed`, `refused`, … */
  readonly state: string;
  /** What happened, in words. */
  readonly words: string;
}
