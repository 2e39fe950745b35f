/**
 * rpcudp/cluster: one UDP port served by several processes. The public names, one by one.
 */
export { forkWorkers } from './fork.js';
export type { ForkWorkersOptions } from './fork.js';
export type { ClusterWorkers } from './workers.js';
export type { WorkerReport } from './report.js';
export { joinCluster } from './join.js';
export type { ClusterMember, ClusterTransportOptions } from './member.js';
export type { ClusterTransport, Forwarding } from './transport.js';
export { ClusterError } from './error.js';
