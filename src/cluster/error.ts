/** A cluster cannot be had, or is not there any more. The message says what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code = 'ERR_RPCUDP_CLUSTER';
}
