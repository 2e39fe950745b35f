import type { Invariant } from '../invariant.js';

/**
 * I6. The simulated network itself neither invents datagrams nor loses any without counting them.
 */
export const networkConservation: Invariant = {
  id: 'I6',
  says: 'every datagram that was sent or doubled was delivered or lost, or is in flight',

  afterStep: ({ network }) => {
    const { sent, duplicated, delivered, lost, inFlight } = network.stats;
    if (sent + duplicated === delivered + lost + inFlight) return undefined;
    return JSON.stringify(network.stats);
  },
};
