import t from 'tap';
import { namesOf } from '../../src/vocabulary.js';
import { ERROR_CODES, isErrorCode, meansNotRun } from '../../src/wire/error-code.js';
import type { ErrorCode } from '../../src/wire/error-code.js';

/**
 * Whether a request that got this answer was not run. For codes that are not listed, both are
 * possible.
 */
const NOT_RUN: Partial<Record<ErrorCode, boolean>> = {
  unknownProcedure: true,
  invalidArguments: true,
  overloaded: true,
  deadlinePassed: true,
  closing: true,
  handlerFailed: false,
  handlerTimedOut: false,
  invalidResult: false,
  replyTooLarge: false,
  replyForgotten: false,
};

t.test("the endpoint's codes are known, with their meaning", async (t) => {
  for (const [code, notRun] of Object.entries(NOT_RUN)) {
    t.equal(isErrorCode(code), true, code);
    t.equal(meansNotRun(code), notRun, code);
  }
  for (const code of namesOf(ERROR_CODES)) t.equal(isErrorCode(code), true, code);
});

t.test('any other code belongs to a procedure, even a name that every object has', async (t) => {
  for (const code of ['', 'mine', 'Closing', 'closing ', 'constructor', '__proto__', 'toString']) {
    t.equal(isErrorCode(code), false, code);
    t.equal(meansNotRun(code), false, code);
  }
});
