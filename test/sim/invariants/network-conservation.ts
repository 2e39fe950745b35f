import type { Invariant } from '../invariant.js';

/** I6. The simulated network itself neither makes up datagrams nor swallows any. */
export const networkConservation: Invariant = {
  id: 'I6',
  says: 'what was sent and doubled was delivered or lost, or is in flight',

  afterStep: ({ network }) => {
    const { sent, duplicated, delivered, lost, inFlight } = network.stats;
    if (sent + duplicated === delivered + lost + inFlight) return undefined;
    return JSON.stringify(network.stats);
  },
};
