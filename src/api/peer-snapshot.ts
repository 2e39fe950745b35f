/** Peer snapshot: what an endpoint knows of a peer at one moment. */
import type { PeerHealth } from './health.js';

/** What an endpoint knows of a peer. A peer shows the present, a snapshot one moment. */
export interface PeerState {
  /**
   * The canonical address, or `name:port` while the host name is being looked up. A peer by name
   * gets another address when nobody answers at this one; see `Lookup`.
   */
  readonly address: string;

  /** The health of the peer. */
  readonly health: PeerHealth;

  /**
   * The smoothed round-trip time of its calls, in milliseconds; of a peer that is only notified, that
   * of the probes which follow notifications. Undefined if it is unknown.
   */
  readonly roundTripMs: number | undefined;

  /** The current size of the window in calls: first `initialWindow`, later from 1 to `window`. */
  readonly window: number;

  /**
   * The number of calls that have a place in the window. These are the calls in flight, without
   * those whose answer is overdue and those that the peer reports to be working on.
   */
  readonly inWindow: number;

  /** The number of calls that were sent and have no outcome yet. */
  readonly inFlight: number;

  /** The number of calls that wait in the mailbox for a place in the window. */
  readonly queued: number;

  /**
   * How many more calls can be made at once before one is `unsent`, if their requests are short:
   * the room in the window and in the mailbox.
   */
  readonly room: number;

  /** Whether its last answer came from an rpcudp endpoint, which supports more than rpcudp 5.x. */
  readonly native: boolean;
}

/** A peer's snapshot in XState's form. It is the same object while nothing of it has changed. */
export interface PeerSnapshot extends PeerState {
  /** `done` when its endpoint has closed. */
  readonly status: 'active' | 'done';
  readonly output: undefined;
  readonly error: undefined;
}
