import { REQUEST_ENDINGS } from '../../../src/api/request-ending.js';
import { namesOf } from '../../../src/vocabulary.js';
import { NOT_RUN_CODES } from '../../../src/wire/error-code.js';
import type { Invariant } from '../invariant.js';

/** How a procedure that was started can end. */
const ENDINGS_OF_RUNS = namesOf(REQUEST_ENDINGS).filter(
  (ending) => REQUEST_ENDINGS[ending].of === 'run',
);

/**
 * I7. No request is left without an end: each one that was started has ended in one way or is
 * running, and each one that was not started has a reason.
 */
export const requestConservation: Invariant = {
  id: 'I7',
  says: 'every request that was started has one ending or still runs; every other has a reason',

  afterEvent: (_world, { name, life, stats }) => {
    const { fates, requests, runningNow, discardedResults } = stats;
    if (life.started !== fates['request.run']) {
      return `${name} started ${fates['request.run']} requests, and reported ${life.started}`;
    }
    let ended = 0;
    for (const ending of ENDINGS_OF_RUNS) ended += requests[ending];
    if (fates['request.run'] !== ended + runningNow) {
      return `${name} started ${fates['request.run']}: ${ended} ended, ${runningNow} run`;
    }
    // A request that ended before its procedure can have one result that comes too late. No other
    // request can.
    const unfinished = requests.timedOut + requests.cancelled + requests.abandoned;
    if (discardedResults > unfinished) {
      return `${name} discarded ${discardedResults} results, and ${unfinished} came too late`;
    }
    for (const ending of ['replayed', 'duplicate', 'conflict'] as const) {
      if (requests[ending] !== fates[`request.${ending}`]) return `${name} miscounts ${ending}`;
    }
    for (const ending of NOT_RUN_CODES) {
      if (requests[ending] !== fates[`request.refused.${ending}`]) {
        return `${name} miscounts ${ending}`;
      }
    }
    return undefined;
  },
};
