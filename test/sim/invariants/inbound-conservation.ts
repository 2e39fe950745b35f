import type { Invariant } from '../invariant.js';

/**
 * I4. No datagram disappears: each one that arrives has exactly one fate. And the guard in front of the
 * decoder is whole: nothing gets past it that the decoder refuses.
 */
export const inboundConservation: Invariant = {
  id: 'I4',
  says: 'every datagram that arrived has exactly one fate',

  afterEvent: (_world, { name, life, stats: { received, fates } }) => {
    let sum = 0;
    for (const count of Object.values(fates)) sum += count;
    const { delivered } = life.transport;
    if (received !== delivered) return `${name} counts ${received} of ${delivered} datagrams`;
    if (received !== sum) return `${name} received ${received} datagrams, and ${sum} have a fate`;
    if (fates['malformed.undecodable'] > 0) return `${name} let pass what cannot be decoded`;
    return undefined;
  },
};
