/**
 * rpcudp/testing: a network and a clock in memory, for tests of what you build on rpcudp. The public
 * names, one by one.
 */
export { SimulatedClock } from './clock.js';
export type { StepLimit } from './clock.js';
export { SimulatedNetwork } from './network.js';
export type {
  DelayMs,
  LinkConditions,
  LossReason,
  NetworkEvent,
  NetworkStats,
  SimulatedNetworkOptions,
} from './network.js';
export { SeededRandom } from './random.js';
