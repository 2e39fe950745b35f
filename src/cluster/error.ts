/** Cluster error: what goes wrong with the processes of a cluster. */
import { shareAmongCopies } from '../copies/shared-class.js';

/** A cluster could not be started or joined, or it is closed. */
export class ClusterError extends Error {
  static {
    shareAmongCopies('ClusterError', this);
  }

  override readonly name = 'ClusterError';
  readonly code = 'ERR_RPCUDP_CLUSTER';
}
