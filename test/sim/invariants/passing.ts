import { NOT_RUN_CODES } from '../../../src/wire/error-code.js';
import type { Invariant } from '../invariant.js';

/**
 * I20. Middleware sees every new request once: each that is run, and each that is refused, unless
 * it is busy with too many of these, which are counted. When it has waited for so long that the
 * request is over, the procedure is not run, which is checked where it begins (procedures.ts).
 */
export const passing: Invariant = {
  id: 'I20',
  says: 'each request that is run or refused passes through the middleware once',

  afterEvent: (_world, { name, plan, life, stats: { fates, unseenRefusals } }) => {
    if (!plan.middleware) return undefined;
    const { run, refused } = life.passed;
    if (run !== fates['request.run']) return `${name}: ${run} of ${fates['request.run']} passed`;
    let all = 0;
    for (const code of NOT_RUN_CODES) all += fates[`request.refused.${code}`];
    if (refused + unseenRefusals === all) return undefined;
    return `${name}: of ${all} refused requests ${refused} passed, and ${unseenRefusals} did not`;
  },
};
