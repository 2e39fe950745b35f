/// <reference types="node" preserve="true" />
/**
 * rpcudp/testing: a network and a clock in memory, for tests of programs that use rpcudp. This file
 * exports its public names.
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
