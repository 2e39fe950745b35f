/**
 * Error codes: the codes with which an endpoint answers a request that was not run or that failed.
 * They are a closed set. Any other code in an error frame was declared by a procedure
 * (ProcedureError).
 */
import { isNameOf, namesOf } from '../vocabulary.js';

/** `ran`: whether the procedure was run, or at least started. */
type ErrorCodeRow =
  | { readonly ran: true; readonly words: string }
  /** Such a code is also an ending and a fate. `ending` is its display name. */
  | { readonly ran: false; readonly words: string; readonly ending: string };

export const ERROR_CODES = {
  unknownProcedure: { ran: false, ending: 'unknown procedure', words: 'no procedure of that name' },
  /** The arguments do not match the procedure's contract. `data` says where. */
  invalidArguments: {
    ran: false,
    ending: 'invalid arguments',
    words: 'its arguments break the contract',
  },
  /** The endpoint is at one of its limits. */
  overloaded: { ran: false, ending: 'overloaded', words: 'a limit of the endpoint is reached' },
  /** When the request arrived, its caller did not wait any longer. */
  deadlinePassed: {
    ran: false,
    ending: 'deadline passed',
    words: 'its caller does not wait any more',
  },
  /** The endpoint is being drained or closed. */
  closing: { ran: false, ending: 'closing', words: 'the endpoint takes no new requests' },
  handlerFailed: { ran: true, words: 'it threw an error that is not a ProcedureError' },
  handlerTimedOut: { ran: true, words: 'it was still running at its deadline' },
  invalidResult: { ran: true, words: 'its result breaks the contract' },
  /** The result is larger than a datagram, or than its contract, allows. */
  replyTooLarge: { ran: true, words: 'its result does not fit in a datagram' },
  /** The procedure was run before, but there was no room to keep its reply for this repetition. */
  replyForgotten: { ran: true, words: 'it was run before, and its reply was not kept' },
} as const satisfies Readonly<Record<string, ErrorCodeRow>>;

/** The error codes of an endpoint. `ERROR_CODES` says what each one means. */
export type ErrorCode = keyof typeof ERROR_CODES;

export type NotRunCode = {
  [Code in ErrorCode]: (typeof ERROR_CODES)[Code]['ran'] extends false ? Code : never;
}[ErrorCode];

/** Every code that says that the procedure was not run. */
export const NOT_RUN_CODES: readonly NotRunCode[] = namesOf(ERROR_CODES).filter(meansNotRun);

/** Whether a code belongs to endpoints, and was not declared by a procedure. */
export function isErrorCode(code: string): code is ErrorCode {
  return isNameOf(ERROR_CODES, code);
}

/** Whether this code means that the peer did not run the procedure. */
export function meansNotRun(code: string): code is NotRunCode {
  return isErrorCode(code) && !ERROR_CODES[code].ran;
}
