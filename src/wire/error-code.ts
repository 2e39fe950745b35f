/**
 * Error codes: with what an endpoint answers a request that it did not run, or that came to nothing. They are a closed
 * set; any other code in an error frame is a procedure's own (ProcedureError).
 */
import { isNameOf, namesOf } from '../vocabulary.js';

/** `ran`: whether the procedure was run, or begun. */
type ErrorCodeRow =
  | { readonly ran: true; readonly words: string }
  /** What is not run has an ending, and a fate, of its own; `ending` is its name for people. */
  | { readonly ran: false; readonly words: string; readonly ending: string };

/** Every error code. */
export const ERROR_CODES = {
  /** No procedure has this name. */
  unknownProcedure: { ran: false, ending: 'unknown procedure', words: 'no procedure of that name' },
  /** The arguments are not what the procedure's contract asks for; `data` says where. */
  invalidArguments: {
    ran: false,
    ending: 'invalid arguments',
    words: 'its arguments break the contract',
  },
  /** As many procedures run as may. */
  overloaded: { ran: false, ending: 'overloaded', words: 'too many procedures run already' },
  /** When the request arrived, its caller waited no longer. */
  deadlinePassed: { ran: false, ending: 'deadline passed', words: 'its caller waits no longer' },
  /** The endpoint is being closed. */
  closing: { ran: false, ending: 'closing', words: 'the endpoint is closing' },
  /** The procedure threw something that it had not declared. */
  handlerFailed: { ran: true, words: 'it threw what it had not declared' },
  /** It had not ended at its deadline. */
  handlerTimedOut: { ran: true, words: 'it had not ended at its deadline' },
  /** Its result is not what its contract promises. */
  invalidResult: { ran: true, words: 'its result breaks the contract' },
  /** Its result does not fit in a datagram. */
  replyTooLarge: { ran: true, words: 'its result does not fit in a datagram' },
  /** It was run before, and there was no room to keep its reply for this repetition. */
  replyForgotten: { ran: true, words: 'it was run before, and its reply was not kept' },
} as const satisfies Readonly<Record<string, ErrorCodeRow>>;

/** The codes with which an endpoint answers; what each means stands beside it in `ERROR_CODES`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Why a procedure was not run. */
export type NotRunCode = {
  [Code in ErrorCode]: (typeof ERROR_CODES)[Code]['ran'] extends false ? Code : never;
}[ErrorCode];

/** Every code that says that the procedure was not run. */
export const NOT_RUN_CODES: readonly NotRunCode[] = namesOf(ERROR_CODES).filter(meansNotRun);

/** Whether a code is the endpoint's, and not a procedure's own. */
export function isErrorCode(code: string): code is ErrorCode {
  return isNameOf(ERROR_CODES, code);
}

/** Whether the peer says with this code that it did not run the procedure. */
export function meansNotRun(code: string): code is NotRunCode {
  return isErrorCode(code) && !ERROR_CODES[code].ran;
}
