/// <reference types="node" preserve="true" />
/**
 * rpcudp/cluster: one UDP port that several processes serve. This file exports its public names.
 */
export { forkWorkers } from './fork.js';
export type { ForkWorkersOptions } from './fork.js';
export type { ClusterWorkers } from './workers.js';
export type { WorkerReport } from './report.js';
export { joinCluster } from './join.js';
export type { ClusterMember, ClusterTransportOptions } from './member.js';
export type { ClusterTransport, Forwarding } from './transport.js';
export { ClusterError } from './error.js';
