/**
 * Fact records: the latest facts about an endpoint. A record replaces the one before: of the same
 * peer, of the same way to fail, or the counts.
 */
import {
  boolean,
  entriesFromList,
  literal,
  nullable,
  object,
  optional,
  picklist,
  string,
} from 'valibot';
import { OUTCOME_STATES } from '../api/call-state.js';
import { list, table } from './record-bounds.js';
import { common, count, real } from './record-parts.js';

/**
 * How many calls, notifications or requests went wrong in one way since the inspector was attached,
 * if not all of them are shown. A record replaces the one before of the same way.
 */
export const failuresRecord = object({
  type: literal('failures'),
  ...common,
  of: picklist(['call', 'notification', 'handler']),
  /** `*` for procedures, and peers, that are not told apart. */
  procedure: string(),
  peer: string(),
  /** The state that they came to: `timedOut`, `rejected`, `unsent`, `failed`, `refused`, … */
  state: string(),
  /** The verdict of a time-out, the code of an error, or the reason of a refusal; may be empty. */
  reason: string(),
  count,
  /** How many of them are shown, each with all its records. */
  shown: count,
});

/** The latest facts about a peer. A record replaces the one before of the same peer. */
export const peerRecord = object({
  type: literal('peer'),
  ...common,
  peer: string(),
  /** The state of the peer's machine. */
  health: string(),
  native: boolean(),
  /** How many calls are in the window, and how many may be. */
  inWindow: count,
  windowLimit: count,
  /** How many calls wait in the mailbox. */
  queued: count,
  /** How many calls were sent and have no outcome yet. */
  inFlight: count,
  /** How many handlers of the peer's requests are running. */
  running: count,
  roundTripMs: nullable(real),
});

const outcomeCounts = object(entriesFromList(OUTCOME_STATES, count));

/**
 * The latest counts of the endpoint. A record replaces the one before. All counts are since the
 * endpoint opened, except those whose names end in `Now`.
 */
export const countsRecord = object({
  type: literal('counts'),
  ...common,
  /** The counts of `endpoint.stats()`. */
  stats: object({
    /** The state of the endpoint's machine. Absent in recordings of versions that did not tell it. */
    state: optional(string()),
    received: count,
    framesReceived: count,
    fates: table(count),
    kernelDrops: optional(count),
    attempted: count,
    framesAttempted: count,
    sent: count,
    refused: count,
    outcomes: outcomeCounts,
    /** Absent in recordings that were made before there were notifications. */
    notifications: optional(table(count)),
    notificationsNow: optional(count),
    requests: table(count),
    queuedNow: count,
    inFlightNow: count,
    lingeringNow: count,
    runningNow: count,
    /** Absent in recordings that were made before it was counted. */
    overrunNow: optional(count),
    rememberedNow: count,
    peersNow: count,
  }),
  /**
   * Outcomes of calls since the inspector was attached, by peer and procedure; only the busiest
   * pairs.
   */
  procedures: list(object({ peer: string(), procedure: string(), outcomes: outcomeCounts })),
  /**
   * How many calls, notifications and handlers were counted but not shown since the inspector was
   * attached. Those that went wrong are told by kind, too, in records of `failures`.
   */
  skipped: object({ calls: count, notifications: optional(count), handlers: count }),
  /** One in this many calls is shown at present, and more of those that go wrong. */
  oneIn: count,
});
