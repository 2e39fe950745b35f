/** A cluster could not be started or joined, or it is closed. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code = 'ERR_RPCUDP_CLUSTER';
}
