import type { Invariant } from '../invariant.js';

/**
 * I17. An endpoint that drains or closes begins nothing, and finishes what it began. The calls of a
 * procedure go on while it runs, which is checked where such a call ends (procedures.ts).
 */
export const orderlyEnd: Invariant = {
  id: 'I17',
  says: 'an endpoint that drains or closes runs no new request, and cancels no call of one that runs',

  afterRun: (_world, { name }, { procedure, ending }) =>
    ending ? `${name} ran ${procedure} although it was ending` : undefined,
};
