/** What an endpoint's actors count. */
import type { Outcome } from '../api/outcome.js';
import type { NotRunCode } from '../wire/error-code.js';

/**
 * How a request ended: answered; failed; not ended at its deadline; taken back by its caller; abandoned
 * when the endpoint closed and would wait no longer; a repetition, answered again or not yet; another
 * request with a known id; or not run, and why.
 */
export type RequestEnding =
  | 'replied'
  | 'failed'
  | 'timedOut'
  | 'cancelled'
  | 'abandoned'
  | 'replayed'
  | 'duplicate'
  | 'conflict'
  | NotRunCode;

export class Counters {
  /** Calls by outcome. */
  readonly outcomes: Record<Outcome['state'], number> = {
    resolved: 0,
    rejected: 0,
    timedOut: 0,
    cancelled: 0,
    unsent: 0,
  };

  /** Readable requests by ending. */
  readonly requests: Record<RequestEnding, number> = {
    replied: 0,
    failed: 0,
    timedOut: 0,
    cancelled: 0,
    abandoned: 0,
    replayed: 0,
    duplicate: 0,
    conflict: 0,
    unknownProcedure: 0,
    invalidArguments: 0,
    overloaded: 0,
    deadlinePassed: 0,
    closing: 0,
  };

  /** Frames with something after the body that is no header map. */
  unreadableHeaders = 0;
  /** Requests whose memory made room for others before their replay window was over. */
  forgottenEarly = 0;
  /** Replies that were not sent to an address that is not validated. */
  withheldReplies = 0;
  /** Results, and errors, that came when nobody waited any longer. */
  discardedResults = 0;
}
