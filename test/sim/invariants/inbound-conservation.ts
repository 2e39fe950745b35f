import type { Invariant } from '../invariant.js';

/**
 * I4. No frame disappears: each frame that arrives has exactly one fate. And the guard in front of
 * the decoder is complete: it lets nothing pass that the decoder refuses.
 */
export const inboundConservation: Invariant = {
  id: 'I4',
  says: 'every frame that arrived has exactly one fate',

  afterEvent: (_world, { name, life, stats: { received, framesReceived, fates } }) => {
    let sum = 0;
    for (const count of Object.values(fates)) sum += count;
    const { delivered, framesDelivered } = life.transport;
    if (received !== delivered) return `${name} counts ${received} of ${delivered} datagrams`;
    if (framesReceived !== framesDelivered) {
      return `${name} counts ${framesReceived} of ${framesDelivered} frames`;
    }
    if (framesReceived !== sum) {
      return `${name} received ${framesReceived} frames, and ${sum} have a fate`;
    }
    if (fates['malformed.undecodable'] > 0) return `${name} let pass what cannot be decoded`;
    return undefined;
  },
};
