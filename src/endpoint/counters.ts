/** What an endpoint's actors count. */
import { noOutcomes } from '../call/state.js';
import { noRequests } from '../handler/request-ending.js';

export class Counters {
  /** Calls by outcome. */
  readonly outcomes = noOutcomes();
  /** Readable requests by ending. */
  readonly requests = noRequests();
  /** Frames with something after the body that is no header map. */
  unreadableHeaders = 0;
  /** Requests whose memory made room for others before their replay window was over. */
  forgottenEarly = 0;
  /** Replies that were not sent to an address that is not validated. */
  withheldReplies = 0;
  /** Results, and errors, that came when nobody waited any longer. */
  discardedResults = 0;
}
