/**
 * Errors: the errors that users of this package get. Each has a stable `code`, and a message that
 * names the thing, the limit and the value. Mistakes in a program are thrown where they are made.
 * Problems of the network become an outcome, never an exception.
 */
import { shareAmongCopies } from './copies/shared-class.js';
import { escapeText, shorten } from './escape.js';

const MAX_QUOTED_LENGTH = 64;

/**
 * A request is larger than peers, or the contract, accept. The caller sent nothing, or the serving
 * side did not run the procedure.
 */
export class RequestTooLargeError extends RangeError {
  static {
    shareAmongCopies('RequestTooLargeError', this);
  }

  override readonly name = 'RequestTooLargeError';
  readonly code = 'ERR_RPCUDP_REQUEST_TOO_LARGE';
  /** The procedure that should be called. */
  readonly procedure: string;
  /** The encoded size of `[procedure, args]`; only a lower bound if it is far above the limit. */
  readonly bytes: number;
  readonly limitBytes: number;

  constructor(procedure: string, bytes: number, limitBytes: number) {
    super(
      `The request to ${quote(procedure)} takes at least ${bytes} bytes; ` +
        `its procedure name and arguments may take at most ${limitBytes}`,
    );
    this.procedure = procedure;
    this.bytes = bytes;
    this.limitBytes = limitBytes;
  }
}

/** A result is larger than its contract allows, or than a datagram can hold. It was not sent. */
export class ReplyTooLargeError extends RangeError {
  static {
    shareAmongCopies('ReplyTooLargeError', this);
  }

  override readonly name = 'ReplyTooLargeError';
  readonly code = 'ERR_RPCUDP_REPLY_TOO_LARGE';
  /** The encoded size of the result; only a lower bound if it is far above the limit. */
  readonly bytes: number;
  readonly limitBytes: number;

  constructor(bytes: number, limitBytes: number) {
    super(`The result takes at least ${bytes} bytes; it may take at most ${limitBytes}`);
    this.bytes = bytes;
    this.limitBytes = limitBytes;
  }
}

/** A value would not arrive as it was sent. Nothing was sent. */
export class UnencodableError extends TypeError {
  static {
    shareAmongCopies('UnencodableError', this);
  }

  override readonly name = 'UnencodableError';
  readonly code = 'ERR_RPCUDP_UNENCODABLE';
  /** The place of the value, such as `args[0].user.tags[2]` or `result.items`. */
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}

/** An option is unknown, of the wrong type or out of range. Nothing was done. */
export class OptionError extends TypeError {
  static {
    shareAmongCopies('OptionError', this);
  }

  override readonly name = 'OptionError';
  readonly code = 'ERR_RPCUDP_OPTION';
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`The option '${option}' ${problem}`);
    this.option = option;
  }
}

/** The peer's window has no room, and its mailbox is full. The call was not sent. */
export class MailboxFullError extends Error {
  static {
    shareAmongCopies('MailboxFullError', this);
  }

  override readonly name = 'MailboxFullError';
  readonly code = 'ERR_RPCUDP_MAILBOX_FULL';
  /** The limit that was reached, and its value. */
  readonly limit: 'mailbox' | 'mailboxBytes';
  readonly value: number;
  readonly queued: number;
  readonly inFlight: number;

  constructor(
    peer: string,
    { limit, value }: Pick<MailboxFullError, 'limit' | 'value'>,
    { queued, inFlight }: Pick<MailboxFullError, 'queued' | 'inFlight'>,
  ) {
    super(
      `The mailbox of ${peer} is full (${limit} is ${value}): ${queued} calls wait, ` +
        `${inFlight} are in flight`,
    );
    this.limit = limit;
    this.value = value;
    this.queued = queued;
    this.inFlight = inFlight;
  }
}

/** The endpoint has `maxOutstanding` calls in flight. The call was not sent. */
export class TooManyCallsError extends Error {
  static {
    shareAmongCopies('TooManyCallsError', this);
  }

  override readonly name = 'TooManyCallsError';
  readonly code = 'ERR_RPCUDP_TOO_MANY_CALLS';
  readonly limit: number;

  constructor(limit: number) {
    super(`The endpoint has ${limit} calls in flight, which is its limit (maxOutstanding)`);
    this.limit = limit;
  }
}

/** The endpoint knows `maxPeers` peers, and none of them is idle. */
export class TooManyPeersError extends Error {
  static {
    shareAmongCopies('TooManyPeersError', this);
  }

  override readonly name = 'TooManyPeersError';
  readonly code = 'ERR_RPCUDP_TOO_MANY_PEERS';
  readonly limit: number;

  constructor(limit: number) {
    super(`The endpoint knows ${limit} busy peers, which is its limit (maxPeers)`);
    this.limit = limit;
  }
}

/** A procedure threw, or its result could not be sent. `cause` is the error. */
export class HandlerFailedError extends Error {
  static {
    shareAmongCopies('HandlerFailedError', this);
  }

  override readonly name = 'HandlerFailedError';
  readonly code = 'ERR_RPCUDP_HANDLER_FAILED';
  readonly procedure: string;

  constructor(procedure: string, cause: unknown) {
    super(`The procedure ${quote(procedure)} failed: ${messageOf(cause)}`, { cause });
    this.procedure = procedure;
  }
}

/** A procedure had not ended at its deadline. Its signal aborts with this reason. */
export class HandlerTimedOutError extends Error {
  static {
    shareAmongCopies('HandlerTimedOutError', this);
  }

  override readonly name = 'HandlerTimedOutError';
  readonly code = 'ERR_RPCUDP_HANDLER_TIMED_OUT';
  /** How long the procedure could run, in milliseconds. */
  readonly timeoutMs: number;
  /** Which deadline came first: the caller's, or that of the serving endpoint. */
  readonly deadline: 'caller' | 'endpoint';

  constructor(timeoutMs: number, deadline: 'caller' | 'endpoint') {
    const whose = deadline === 'caller' ? "its caller's" : "the endpoint's";
    super(`The procedure had not ended after ${Math.ceil(timeoutMs)} ms, ${whose} deadline`);
    this.timeoutMs = timeoutMs;
    this.deadline = deadline;
  }
}

/** The caller cancelled its call. The signal of the procedure aborts with this reason. */
export class CallerCancelledError extends Error {
  static {
    shareAmongCopies('CallerCancelledError', this);
  }

  override readonly name = 'CallerCancelledError';
  readonly code = 'ERR_RPCUDP_CALLER_CANCELLED';

  constructor() {
    super('The caller cancelled the call');
  }
}

/**
 * The endpoint has reached one of its limits, or the sender's host or network has its share of one.
 * The request was not run.
 */
export class OverloadedError extends Error {
  static {
    shareAmongCopies('OverloadedError', this);
  }

  override readonly name = 'OverloadedError';
  readonly code = 'ERR_RPCUDP_OVERLOADED';
  /** The limit that was reached. */
  readonly limit:
    | 'maxRunningHandlers'
    | 'maxRunningPerPeer'
    | 'maxReplies'
    | 'maxPeers'
    | 'maxHostSharePercent'
    | 'maxNetworkSharePercent';
  readonly value: number;

  /** @param of the limit that a share is a share of */
  constructor(limit: OverloadedError['limit'], value: number, of?: OverloadedError['limit']) {
    const share = of === undefined ? '' : ` of ${of}`;
    super(`The endpoint has reached its limit: ${limit} is ${value}${share}`);
    this.limit = limit;
    this.value = value;
  }
}

/** The endpoint is closed or closing. Also the reason of the calls that `close()` cancels. */
export class EndpointClosedError extends Error {
  static {
    shareAmongCopies('EndpointClosedError', this);
  }

  override readonly name = 'EndpointClosedError';
  readonly code = 'ERR_RPCUDP_ENDPOINT_CLOSED';

  constructor(message = 'The endpoint is closed') {
    super(message);
  }
}

/** A thrown value as an Error. It can be any value, even one that cannot be turned into text. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  let text = NOT_SHOWABLE;
  try {
    text = String(thrown);
  } catch {
    // For example, an object without a prototype cannot be turned into text.
  }
  return new Error(text, { cause: thrown });
}

/** The message of a thrown value, which may have none, or one that is not text. */
export function messageOf(thrown: unknown): string {
  try {
    const { message }: { readonly message: unknown } = asError(thrown);
    return String(message);
  } catch {
    return NOT_SHOWABLE;
  }
}

const NOT_SHOWABLE = 'something that cannot be shown';

/** A name from a peer or a caller, shortened, quoted and escaped for a message. */
export function quote(name: string): string {
  return escapeText(shorten(name, MAX_QUOTED_LENGTH));
}
