import type { Invariant } from '../invariant.js';

/**
 * I5. No datagram is lost on the way out without being counted. What the endpoint tried to send is
 * what the kernel took, what the kernel refused, and what is not answered yet. And nothing is sent
 * when it is too late.
 */
export const outboundConservation: Invariant = {
  id: 'I5',
  says: 'every send was taken, refused, or is still unanswered',

  afterEvent: (_world, { name, life, stats }) => {
    const { transport } = life;
    const { attempted, framesAttempted, sent, refused, refusedBy } = stats;
    if (attempted !== transport.attempted) {
      return `${name} counts ${attempted} of ${transport.attempted} sends`;
    }
    if (framesAttempted !== transport.framesAttempted) {
      return `${name} counts ${framesAttempted} of ${transport.framesAttempted} frames`;
    }
    if (sent !== transport.accepted) return `${name} counts ${sent} of ${transport.accepted} sent`;
    if (attempted !== sent + refused + transport.unanswered) {
      return `${name} attempted ${attempted}: ${sent} sent, ${refused} refused, ${transport.unanswered} unanswered`;
    }
    let sum = 0;
    for (const count of Object.values(refusedBy)) sum += count;
    return refused === sum ? undefined : `${name} has ${sum} reasons for ${refused} refusals`;
  },
};
