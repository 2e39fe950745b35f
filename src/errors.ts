/**
 * The errors a caller of this package meets. Each has a `code`, which is stable, and a message that
 * names the thing, the limit and the value. They are thrown at the caller's line for mistakes made in
 * the program; what happens on the network is an outcome, never an exception.
 */
import { escapeText, shorten } from './escape.js';

/** How much of a procedure name goes into a message. */
const MAX_QUOTED_LENGTH = 64;

/** A request that is larger than every peer accepts. Nothing was sent. */
export class RequestTooLargeError extends RangeError {
  override readonly name = 'RequestTooLargeError';
  readonly code = 'ERR_RPCUDP_REQUEST_TOO_LARGE';
  /** The procedure that was to be called. */
  readonly procedure: string;
  /** Encoded size of `[procedure, args]`; a lower bound where it is far beyond the limit. */
  readonly bytes: number;
  readonly limitBytes: number;

  constructor(procedure: string, bytes: number, limitBytes: number) {
    super(
      `the request to ${quote(procedure)} takes at least ${bytes} bytes; ` +
        `a procedure name and its arguments may take ${limitBytes}`,
    );
    this.procedure = procedure;
    this.bytes = bytes;
    this.limitBytes = limitBytes;
  }
}

/** A result that is larger than its contract allows, or than a datagram holds. It was not sent. */
export class ReplyTooLargeError extends RangeError {
  override readonly name = 'ReplyTooLargeError';
  readonly code = 'ERR_RPCUDP_REPLY_TOO_LARGE';
  /** Its encoded size; a lower bound where it is far beyond the limit. */
  readonly bytes: number;
  readonly limitBytes: number;

  constructor(bytes: number, limitBytes: number) {
    super(`The result takes at least ${bytes} bytes; it may take ${limitBytes}`);
    this.bytes = bytes;
    this.limitBytes = limitBytes;
  }
}

/** A value that would not arrive as it was sent. Nothing was sent. */
export class UnencodableError extends TypeError {
  override readonly name = 'UnencodableError';
  readonly code = 'ERR_RPCUDP_UNENCODABLE';
  /** Where the value is, such as `args[0].user.tags[2]` or `result.items`. */
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}

/** An option that is unknown, of the wrong type or out of range. Nothing was done. */
export class OptionError extends TypeError {
  override readonly name = 'OptionError';
  readonly code = 'ERR_RPCUDP_OPTION';
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`The option '${option}' ${problem}`);
    this.option = option;
  }
}

/** The peer's window is in use, and its mailbox holds all the calls it may. The call was not sent. */
export class MailboxFullError extends Error {
  override readonly name = 'MailboxFullError';
  readonly code = 'ERR_RPCUDP_MAILBOX_FULL';
  readonly queued: number;
  readonly inFlight: number;

  constructor(peer: string, queued: number, inFlight: number) {
    super(`The mailbox of ${peer} is full: ${queued} calls wait, ${inFlight} are in flight`);
    this.queued = queued;
    this.inFlight = inFlight;
  }
}

/** The endpoint has as many calls in flight as it may. The call was not sent. */
export class TooManyCallsError extends Error {
  override readonly name = 'TooManyCallsError';
  readonly code = 'ERR_RPCUDP_TOO_MANY_CALLS';
  readonly limit: number;

  constructor(limit: number) {
    super(`The endpoint has ${limit} calls in flight, which is its limit (maxOutstanding)`);
    this.limit = limit;
  }
}

/** The endpoint knows as many peers as it may, and none of them is idle. */
export class TooManyPeersError extends Error {
  override readonly name = 'TooManyPeersError';
  readonly code = 'ERR_RPCUDP_TOO_MANY_PEERS';
  readonly limit: number;

  constructor(limit: number) {
    super(`The endpoint knows ${limit} busy peers, which is its limit (maxPeers)`);
    this.limit = limit;
  }
}

/** A procedure threw, or its result could not be sent; `cause` is what it threw. */
export class HandlerFailedError extends Error {
  override readonly name = 'HandlerFailedError';
  readonly code = 'ERR_RPCUDP_HANDLER_FAILED';
  readonly procedure: string;

  constructor(procedure: string, cause: unknown) {
    super(`The procedure ${quote(procedure)} failed: ${messageOf(cause)}`, { cause });
    this.procedure = procedure;
  }
}

/** A procedure had not ended at its deadline; the reason with which its signal aborts. */
export class HandlerTimedOutError extends Error {
  override readonly name = 'HandlerTimedOutError';
  readonly code = 'ERR_RPCUDP_HANDLER_TIMED_OUT';
  /** How long it could run. */
  readonly timeoutMs: number;
  /** Whose deadline came first: the one that its caller set, or the endpoint's own. */
  readonly deadline: 'caller' | 'endpoint';

  constructor(timeoutMs: number, deadline: 'caller' | 'endpoint') {
    const whose = deadline === 'caller' ? "its caller's" : "the endpoint's";
    super(`The procedure had not ended after ${Math.ceil(timeoutMs)} ms, ${whose} deadline`);
    this.timeoutMs = timeoutMs;
    this.deadline = deadline;
  }
}

/** The caller took its call back; the reason with which the signal of a procedure aborts. */
export class CallerCancelledError extends Error {
  override readonly name = 'CallerCancelledError';
  readonly code = 'ERR_RPCUDP_CALLER_CANCELLED';

  constructor() {
    super('The caller cancelled the call');
  }
}

/** As many procedures run as may. The request was not run. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
  readonly code = 'ERR_RPCUDP_OVERLOADED';
  /** The limit that is reached. */
  readonly limit: 'maxRunningHandlers' | 'maxRunningPerPeer' | 'maxReplies' | 'maxPeers';
  readonly value: number;

  constructor(limit: OverloadedError['limit'], value: number) {
    super(`The endpoint is at its limit, ${limit}: ${value}`);
    this.limit = limit;
    this.value = value;
  }
}

/** The endpoint is closed, or closing; also the reason of the calls that `close()` cancelled. */
export class EndpointClosedError extends Error {
  override readonly name = 'EndpointClosedError';
  readonly code = 'ERR_RPCUDP_ENDPOINT_CLOSED';

  constructor() {
    super('The endpoint is closed');
  }
}

/** What was thrown, as an Error: anything can be thrown, even what cannot be shown. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  let text = NOT_SHOWABLE;
  try {
    text = String(thrown);
  } catch {
    // An object without a prototype has no way to become text.
  }
  return new Error(text, { cause: thrown });
}

/** The message of what was thrown, which need not be one, or not be text. */
export function messageOf(thrown: unknown): string {
  try {
    const { message }: { readonly message: unknown } = asError(thrown);
    return String(message);
  } catch {
    return NOT_SHOWABLE;
  }
}

const NOT_SHOWABLE = 'something that cannot be shown';

/** A peer's or a caller's word, cut, quoted and escaped for a message. */
export function quote(name: string): string {
  return escapeText(shorten(name, MAX_QUOTED_LENGTH));
}
