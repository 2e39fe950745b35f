/** All invariants, in the order in which they are checked. */
import type { Invariant } from './invariant.js';
import { amplification } from './invariants/amplification.js';
import { atMostOnce } from './invariants/at-most-once.js';
import { boundedMemory } from './invariants/bounded-memory.js';
import { bundles } from './invariants/bundles.js';
import { firstContact } from './invariants/first-contact.js';
import { health } from './invariants/health.js';
import { headers } from './invariants/headers.js';
import { honesty } from './invariants/honesty.js';
import { inboundConservation } from './invariants/inbound-conservation.js';
import { networkConservation } from './invariants/network-conservation.js';
import { oneOutcome } from './invariants/one-outcome.js';
import { notifications } from './invariants/notifications.js';
import { orderlyEnd } from './invariants/orderly-end.js';
import { outboundConservation } from './invariants/outbound-conservation.js';
import { pace } from './invariants/pace.js';
import { passing } from './invariants/passing.js';
import { quiescence } from './invariants/quiescence.js';
import { quietWorlds } from './invariants/quiet-worlds.js';
import { requestConservation } from './invariants/request-conservation.js';
import { wallClock } from './invariants/wall-clock.js';

/**
 * Four more invariants are checked where they can break: I0, nothing throws; I14, the bytes of a send
 * do not change; L1, everything works after it has healed; and L3, names are found again.
 */
export const INVARIANTS: readonly Invariant[] = [
  oneOutcome,
  atMostOnce,
  honesty,
  inboundConservation,
  outboundConservation,
  networkConservation,
  requestConservation,
  passing,
  boundedMemory,
  pace,
  amplification,
  bundles,
  firstContact,
  headers,
  notifications,
  orderlyEnd,
  quiescence,
  wallClock,
  quietWorlds,
  health,
];
