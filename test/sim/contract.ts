/** Contract: the contract that some endpoints of the world serve by, and some callers call by. */
import { defineContract } from '../../src/contract/contract.js';
import type { StandardSchema } from '../../src/contract/standard-schema.js';

/** Results longer than this violate the contract. */
const MAX_BIG_LENGTH = 1_000;

/** Accepts values that pass the test, and leaves them unchanged. */
function schema<Value>(test: (value: unknown) => boolean): StandardSchema<Value> {
  return {
    '~standard': {
      version: 1,
      vendor: 'simulator',
      validate: (value) =>
        test(value) ? { value: value as Value } : { issues: [{ message: 'is not as agreed' }] },
    },
  };
}

const args = schema<readonly unknown[]>((value) => {
  return Array.isArray(value) && typeof value[0] === 'string';
});
const timed = schema<readonly unknown[]>((value) => {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
});
const modest = schema<unknown>((value) => {
  return Array.isArray(value) && String(value[1]).length <= MAX_BIG_LENGTH;
});

export const CONTRACT = defineContract({
  echo: { args, idempotent: true },
  add: { args },
  slow: { args: timed },
  hang: { args },
  throws: { args },
  declares: { args },
  big: { args: timed, result: modest },
  callBack: { args },
});

/**
 * Procedures that do no harm when they run twice, so that any peer may get their calls repeatedly.
 */
export const IDEMPOTENT: readonly string[] = ['echo'];
