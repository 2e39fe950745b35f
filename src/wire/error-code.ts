/*
 * The codes with which an endpoint answers a request that it did not run, or that came to nothing. They
 * are a closed set; any other code in an error frame is a procedure's own (ProcedureError).
 */

/**
 * Not run:
 * - `unknownProcedure`: no procedure has this name.
 * - `invalidArguments`: the arguments are not what the procedure's contract asks for; `data` says where.
 * - `overloaded`: as many procedures run as may.
 * - `deadlinePassed`: when the request arrived, its caller waited no longer.
 * - `closing`: the endpoint is being closed.
 *
 * Run, or begun:
 * - `handlerFailed`: the procedure threw something that it had not declared.
 * - `handlerTimedOut`: it had not ended at its deadline.
 * - `invalidResult`: its result is not what its contract promises.
 * - `replyTooLarge`: its result does not fit in a datagram.
 * - `replyForgotten`: it was run before, and there was no room to keep its reply for this repetition.
 */
export type ErrorCode = NotRunCode | RunCode;

/** Why a procedure was not run. */
export type NotRunCode =
  'unknownProcedure' | 'invalidArguments' | 'overloaded' | 'deadlinePassed' | 'closing';

type RunCode =
  'handlerFailed' | 'handlerTimedOut' | 'invalidResult' | 'replyTooLarge' | 'replyForgotten';

const RUN: Readonly<Record<ErrorCode, boolean>> = {
  unknownProcedure: false,
  invalidArguments: false,
  overloaded: false,
  deadlinePassed: false,
  closing: false,
  handlerFailed: true,
  handlerTimedOut: true,
  invalidResult: true,
  replyTooLarge: true,
  replyForgotten: true,
};

/** Whether a code is the endpoint's, and not a procedure's own. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(RUN, code);
}

/** Whether the peer says with this code that it did not run the procedure. */
export function meansNotRun(code: string): code is NotRunCode {
  return isErrorCode(code) && !RUN[code];
}
