/** Join: makes this process a member of a cluster. Only this file uses node:cluster in workers. */
import cluster from 'node:cluster';
import { systemClock } from '../time/clock.js';
import { ClusterError } from './error.js';
import type { ClusterMember } from './member.js';
import { isClusterMessage, SLOT_VARIABLE } from './message.js';
import type { PrimaryMessage } from './message.js';
import { welcomed } from './welcome.js';

let joined: Promise<ClusterMember> | undefined;

/**
 * Joins the cluster, in a worker that `forkWorkers` started. Further calls give the same member.
 * From then on the process lives until the primary closes the cluster.
 *
 * Rejects with a ClusterError in any other process, and if the primary does not answer within 10 s.
 */
export function joinCluster(): Promise<ClusterMember> {
  joined ??= join();
  return joined;
}

async function join(): Promise<ClusterMember> {
  const { worker } = cluster;
  if (worker === undefined || process.env[SLOT_VARIABLE] === undefined) {
    throw new ClusterError(
      'This process is not a worker that forkWorkers started; call forkWorkers in the primary first',
    );
  }
  const channel = {
    // The error is ignored: when the primary has ended, its workers end as well.
    send: (message: object) => process.send?.(message, undefined, undefined, () => undefined),
    listen: (hear: (message: PrimaryMessage) => void) => {
      process.on('message', (message) => {
        if (isClusterMessage(message)) hear(message as PrimaryMessage);
      });
    },
    disconnect: () => worker.disconnect(),
  };
  return welcomed(channel, systemClock);
}
